"""Words that tell what a column's cells are not, in the languages the portal reads."""

from __future__ import annotations

from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(
        word.strip() for word in text.replace("\n", ",").split(",") if word.strip()
    )


YES_NO: Final = _set(
    "yes, no, y, n, true, false, ja, nein, nee, oui, non, si, sí, sì, sim, não, x, -, n/a, na"
)

SALUTATIONS: Final = _set(
    """mr, mrs, ms, miss, mx, dr, prof, sir, madam, mr and mrs, rev, hon
    herr, frau, hr, fr, fräulein, herrn, divers, familie, firma, dr med, prof dr
    m, mme, mlle, monsieur, madame, mademoiselle, me, mm
    sr, sra, srta, señor, señora, don, doña, d, dña
    sig, sig ra, sigra, signor, signore, signora, dott, dott ssa, dottssa, ing, avv, geom, rag
    dhr, mevr, mw, dhr/mevr, de heer, mevrouw, heer, drs, ir
    senhor, senhora, dra, exmo sr, exma sra, sr(a)"""
)

STATUS: Final = _set(
    """active, inactive, open, closed, new, won, lost, pending, qualified, unqualified,
    working,
    contacted, converted, nurture, nurturing, in progress, on hold, lead, customer, prospect,
    valid, invalid, verified, unverified, bounced, subscribed, unsubscribed, archived, deleted,
    approved, rejected, done, draft, paid, unpaid, attempted, connected, disqualified, unknown
    aktiv, inaktiv, offen, geschlossen, neu, gewonnen, verloren, in bearbeitung, qualifiziert,
    kunde, interessent, erledigt, gesperrt, gekündigt, abgesagt, zugesagt
    actif, inactif, active, ouvert, fermé, nouveau, gagné, perdu, en cours, en attente, client,
    qualifié, terminé, à relancer
    activo, activa, inactivo, inactiva, alta, baja, abierto, cerrado, nuevo, ganado, ganada,
    perdido, perdida, pendiente, en curso, en proceso, en negociación, cualificado, calificado,
    cliente, contactado, propuesta, propuesta enviada, negociación, soltero, casado, bueno
    attivo, attiva, inattivo, inattiva, cessato, aperto, chiuso, nuovo, vinto, perso,
    in attesa,
    in corso, sospeso, dimesso, in prova, qualificato, in trattativa, celibe, coniugato
    actief, inactief, nieuw, gewonnen, verloren, in behandeling, klant, afgerond, gesloten
    ativo, ativa, inativo, inativa, aberto, fechado, novo, ganho, em andamento, concluído,
    em negociação, qualificado, solteiro, casado"""
)

SOCIAL_HOSTS: Final = _set(
    """linkedin.com, lnkd.in, facebook.com, fb.com, fb.me, twitter.com, x.com, t.co,
    instagram.com, youtube.com, youtu.be, tiktok.com, pinterest.com, xing.com, viadeo.com,
    github.com, medium.com, crunchbase.com, angel.co, wellfound.com, glassdoor.com, t.me,
    wa.me,
    whatsapp.com, threads.net, vimeo.com, linktr.ee, bit.ly, calendly.com, goo.gl,
    maps.google.com, plus.google.com, vk.com, apollo.io, zoominfo.com, app.apollo.io"""
)

FREE_MAIL: Final = _set(
    """gmail.com, googlemail.com, yahoo.com, yahoo.fr, yahoo.de, yahoo.it, yahoo.es,
    yahoo.co.uk,
    hotmail.com, hotmail.fr, hotmail.it, hotmail.de, hotmail.es, hotmail.co.uk, outlook.com,
    live.com, msn.com, icloud.com, me.com, aol.com, gmx.de, gmx.net, gmx.com, gmx.at, web.de,
    t-online.de, freenet.de, orange.fr, wanadoo.fr, free.fr, laposte.net, sfr.fr, libero.it,
    virgilio.it, tiscali.it, alice.it, proton.me, protonmail.com, mail.ru, yandex.ru, qq.com,
    163.com, ziggo.nl, kpnmail.nl, bol.com.br, uol.com.br, terra.com.br, sapo.pt"""
)

LEGAL_FORMS: Final = _set(
    """gmbh, ag, kg, ohg, ug, kgaa, ev, eg, mbh, inc, llc, llp, ltd, plc, corp, sarl, sas,
    sasu,
    sa, eurl, sci, snc, scop, spa, srl, srls, sl, slu, bv, nv, vof, lda, ltda, eireli, oy, ab,
    aps, as, sp zoo, pty"""
)
