"""Regions and countries that show that `estado`, `stato` or `state` names a place."""

from __future__ import annotations

from typing import Final

# Headers that mean a place or how things stand.
REGIONS_OR_STATUS: Final = frozenset({"estado", "stato", "state", "staat", "status", "etat"})

_NAMES: Final = """
    alabama, alaska, arizona, arkansas, california, colorado, connecticut, delaware, florida,
    georgia, hawaii, idaho, illinois, indiana, iowa, kansas, kentucky, louisiana, maine,
    maryland, massachusetts, michigan, minnesota, mississippi, missouri, montana, nebraska,
    nevada, new hampshire, new jersey, new mexico, new york, north carolina, north dakota,
    ohio,
    oklahoma, oregon, pennsylvania, rhode island, south carolina, south dakota, tennessee,
    texas,
    utah, vermont, virginia, washington, west virginia, wisconsin, wyoming,
    district of columbia
    al, ak, az, ar, ca, co, ct, de, fl, ga, hi, id, il, in, ia, ks, ky, la, me, md, ma, mi, mn,
    ms, mo, mt, ne, nv, nh, nj, nm, ny, nc, nd, oh, ok, or, pa, ri, sc, sd, tn, tx, ut, vt, va,
    wa, wv, wi, wy, dc, on, qc, bc, ab, mb, sk, ns, nb, nl, pe, nsw, vic, qld, tas, act
    ontario, quebec, québec, british columbia, alberta, manitoba, saskatchewan, nova scotia
    new south wales, victoria, queensland, western australia, south australia, tasmania
    england, scotland, wales, northern ireland
    bayern, bavaria, berlin, hamburg, bremen, hessen, sachsen, saarland, thüringen,
    brandenburg,
    niedersachsen, nordrhein-westfalen, baden-württemberg, rheinland-pfalz, schleswig-holstein,
    sachsen-anhalt, mecklenburg-vorpommern, nrw, tirol, wien, salzburg, kärnten, steiermark,
    zürich, bern, aargau, genève, vaud, zug, basel-stadt
    aguascalientes, baja california, baja california sur, campeche, chiapas, chihuahua,
    ciudad de méxico, cdmx, coahuila, colima, durango, guanajuato, guerrero, hidalgo, jalisco,
    estado de méxico, méxico, michoacán, morelos, nayarit, nuevo león, oaxaca, puebla,
    querétaro,
    quintana roo, san luis potosí, sinaloa, sonora, tabasco, tamaulipas, tlaxcala, veracruz,
    yucatán, zacatecas, miranda, zulia, carabobo, aragua, lara
    acre, alagoas, amapá, amazonas, bahia, ceará, distrito federal, espírito santo, goiás,
    maranhão, mato grosso, mato grosso do sul, minas gerais, pará, paraíba, paraná, pernambuco,
    piauí, rio de janeiro, rio grande do norte, rio grande do sul, rondônia, roraima,
    santa catarina, são paulo, sergipe, tocantins, sp, rj, mg, rs, pr, ba, pe, ce, go, es, df,
    am, mt, ms, pb, rn, se, pi, to, ro, rr, ap, ac
    andalucía, cataluña, madrid, valencia, galicia, aragón, asturias, cantabria, murcia,
    navarra
    lombardia, lazio, toscana, veneto, piemonte, campania, sicilia, puglia, liguria, umbria
    germany, deutschland, germania, alemania, allemagne, duitsland, alemanha, france,
    frankreich,
    francia, frankrijk, frança, italy, italia, italien, italie, italië, itália, spain, españa,
    spanien, spagna, espagne, spanje, espanha, portugal, portogallo, netherlands, niederlande,
    nederland, pays-bas, paesi bassi, países bajos, belgium, belgien, belgique, belgië, belgio,
    austria, österreich, autriche, switzerland, schweiz, suisse, svizzera, suiza, zwitserland,
    united kingdom, uk, gb, great britain, großbritannien, regno unito, reino unido,
    royaume-uni, usa, us, united states, united states of america, vereinigte staaten,
    stati uniti, estados unidos, états-unis, verenigde staten, canada, kanada, canadá, mexico,
    brazil, brasil, brasile, argentina, chile, colombia, perú, poland, polen, polonia, pologne,
    sweden, denmark, norway, finland, ireland, irland, irlanda, india, china, japan, australia,
    de, fr, it, es, pt, nl, be, at, ch, pl, se, dk, no, fi, ie, lu, deu, fra, ita, esp, prt,
    nld,
    gbr, usa, mx, br, au, jp, cn"""

# Lower case, as people write them.
KNOWN: Final = frozenset(
    name.strip() for name in _NAMES.replace("\n", ",").split(",") if name.strip()
)
