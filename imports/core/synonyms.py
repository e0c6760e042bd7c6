"""Other names of the canonical fields: languages, and the exports of other products.

Names are written as `columns.plain` leaves them: lower case, no accents, single spaces. The
likelier a name means the field, the earlier it stands.
"""

from __future__ import annotations

from typing import Final

# Language or product -> lines of "field: name, name, …"; a line may go on, indented.
_TABLE: Final[dict[str, str]] = {
    "English": """
    first_name: first, firstname, given name, forename, christian name, fname
    last_name: last, lastname, surname, family name, lname
    full_name: name, fullname, contact, contact name, person, person name, display name,
        lead name, lead, attendee, attendee name
    email: e mail, email address, e mail address, mail, work email, business email,
        contact email, primary email, email 1, work e mail, corporate email, professional
        email, company email
    phone: telephone, tel, phone number, telephone number, mobile, mobile phone, cell,
        cell phone, mobile number, cell number, direct phone, work phone, business phone,
        direct dial, phone 1, primary phone, contact number, mobile phone number, contact
        phone, contact phone 1, work phone number, direct number, person phone
    linkedin_url: linkedin, linkedin profile, linkedin link, linkedin profile url,
        linkedin page, linkedin address, li url, linked in, linked in url, linked in
        profile
    company_name: company, organization, organisation, employer, account, account name,
        organization name, organisation name, current company, firm, business name,
        business, company organization, company account
    company_domain: domain, website, company website, web site, company url, url, web
        address, homepage, domain name, company web site, website url, company domain
        name, email domain
    job_title: title, position, role, job, job role, job position, occupation,
        designation, headline, current title, current position, function, current job
    city: town, city town, person city, contact city, business city
    state: province, region, state province, state region, county, person state, contact
        state, state province region, business state
    country: country region, nation, country name, person country, contact country,
        business country region, business country
    """,
    "German": """
    first_name: vorname, rufname
    last_name: nachname, familienname, zuname
    full_name: vollstandiger name, vor und nachname, ansprechpartner, kontakt,
        kontaktperson, kontaktname, vorname nachname
    email: e mail adresse, email adresse, mailadresse, mail adresse, e mail geschaftlich
    phone: telefon, telefonnummer, tel nr, rufnummer, handy, handynummer, mobil,
        mobilnummer, mobiltelefon, festnetz, telefon geschaftlich
    linkedin_url: linkedin profil, linkedin adresse
    company_name: firma, unternehmen, firmenname, unternehmensname, organisation,
        arbeitgeber, gesellschaft, betrieb
    company_domain: webseite, internetseite, internetadresse, internet, webadresse,
        unternehmenswebsite, firmenwebsite
    job_title: berufsbezeichnung, stelle, jobtitel, stellenbezeichnung, beruf, tatigkeit,
        funktion, rolle
    city: stadt, ort, wohnort
    state: bundesland, kanton
    country: land, staat
    """,
    "French": """
    first_name: prenom, prenoms
    last_name: nom, nom de famille
    full_name: nom complet, nom et prenom, nom prenom, prenom nom, prenom et nom
    email: courriel, adresse e mail, adresse email, adresse mail, adresse electronique, e
        mail professionnel, email professionnel
    phone: telephone portable, numero de telephone, portable, telephone mobile, tel
        portable, telephone fixe, telephone bureau
    linkedin_url: profil linkedin, lien linkedin
    company_name: entreprise, societe, nom de l entreprise, raison sociale, organisme,
        employeur, nom de la societe
    company_domain: site web, site internet, domaine, site, nom de domaine
    job_title: poste, fonction, intitule du poste, titre, metier, intitule de poste
    city: ville, commune
    state: departement
    country: pays
    """,
    "Spanish": """
    first_name: nombre, nombre de pila, nombres
    last_name: apellido, apellidos, primer apellido
    full_name: nombre completo, nombre y apellidos, nombre y apellido, contacto
    email: correo, correo electronico, direccion de correo, direccion de correo
        electronico
    phone: telefono, movil, celular, numero de telefono, telefono movil, telefono celular
    linkedin_url: perfil de linkedin, perfil linkedin
    company_name: empresa, compania, nombre de la empresa, razon social, organizacion
    company_domain: sitio web, pagina web, dominio, web
    job_title: cargo, puesto, titulo, puesto de trabajo, profesion
    city: ciudad, poblacion, localidad, municipio
    state: estado, provincia, comunidad autonoma
    country: pais
    """,
    "Italian": """
    first_name: nome
    last_name: cognome
    full_name: nome completo, nome e cognome, nominativo, referente
    email: posta elettronica, indirizzo e mail, indirizzo email, indirizzo mail
    phone: numero di telefono, cellulare, numero di cellulare, recapito
    linkedin_url: profilo linkedin
    company_name: azienda, societa, impresa, ragione sociale, nome azienda, ditta
    company_domain: sito web, sito, dominio aziendale, sito internet
    job_title: ruolo, posizione, titolo, qualifica, mansione, professione
    city: citta, comune, localita
    state: regione, prov
    country: paese, nazione, stato
    """,
    "Portuguese": """
    first_name: primeiro nome, nome proprio
    last_name: sobrenome, apelido, ultimo nome
    full_name: nome do contato, nome do contacto, contato
    email: correio eletronico, endereco de e mail, endereco de email, correio electronico
    phone: telefone, celular, telemovel, numero de telefone, fone
    linkedin_url: perfil do linkedin
    company_name: empresa, companhia, nome da empresa, razao social, organizacao
    company_domain: site, pagina web, dominio, site da empresa
    job_title: cargo, funcao, profissao, posicao
    city: cidade, municipio
    state: estado, uf, distrito
    country: pais
    """,
    "Dutch": """
    first_name: voornaam, roepnaam
    last_name: achternaam, familienaam
    full_name: naam, volledige naam, contactpersoon
    email: e mailadres, emailadres, mailadres
    phone: telefoon, telefoonnummer, mobiel, mobiele telefoon, gsm, mobielnummer
    linkedin_url: linkedin profiel
    company_name: bedrijf, bedrijfsnaam, onderneming, organisatie, werkgever
    company_domain: domein, webpagina
    job_title: functie, functietitel, beroep
    city: plaats, stad, woonplaats, plaatsnaam, vestigingsplaats
    state: provincie
    country: land, landcode
    """,
    "HubSpot": """
    company_name: associated company, associated company name
    linkedin_url: hs linkedin url, linkedin bio, hs linkedinid
    phone: mobilephone
    job_title: jobtitle
    """,
    "Pipedrive": """
    first_name: person first name
    last_name: person last name
    full_name: person name
    email: person email work, person email, person e mail
    phone: person phone work, person phone, person phone mobile
    company_name: person organization, person organisation, organization name
    company_domain: organization website, person website, organization web site
    job_title: person title, person job title
    linkedin_url: person linkedin, person linkedin profile
    """,
    "Google Contacts": """
    email: e mail 1 value, email 1 value
    phone: phone 1 value
    company_name: organization 1 name
    job_title: organization title, organization 1 title
    city: address 1 city
    state: address 1 region
    country: address 1 country
    company_domain: website 1 value
    """,
    "Salesforce": """
    city: mailing city, mailingcity
    state: mailing state province, mailing state, mailingstate
    country: mailing country, mailingcountry
    phone: mobilephone, business phone
    """,
    "Apollo": """
    linkedin_url: person linkedin url
    phone: work direct phone, corporate phone, mobile phone, home phone
    company_name: company name for emails
    """,
    "LinkedIn Sales Navigator": """
    linkedin_url: profile url, profileurl, default profile url, defaultprofileurl,
        linkedin profile link, public profile url, linkedinprofileurl, person linkedin,
        linkedin member url
    company_name: companyname, current company name
    job_title: jobtitle, current job title
    """,
    "Clay": """
    linkedin_url: linkedin profile, person linkedin profile url
    full_name: person full name
    company_domain: company domain, company primary domain
    email: work email final, final work email, verified work email
    job_title: latest experience title
    company_name: latest experience company
    """,
}


def _parsed(lines: str) -> dict[str, tuple[str, ...]]:
    joined = lines.replace("\n        ", " ")
    pairs = (line.split(":", 1) for line in joined.split("\n") if line.strip())
    return {
        field.strip(): tuple(name.strip() for name in names.split(","))
        for field, names in pairs
    }


# Language or product -> field -> names.
SYNONYMS: Final = {origin: _parsed(lines) for origin, lines in _TABLE.items()}
