from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.columns import column_labels, mapping_of, match_columns
from imports.core.outcomes import FIELDS


def mapped(headers: str, samples=()):
    names = headers.split("|")
    return {
        field: names[at] for field, at in mapping_of(match_columns(names, samples)).items()
    }


@pytest.mark.parametrize("field", FIELDS)
def test_the_api_and_label_names_match(field):
    assert mapped(field) == {field: field}
    assert mapped(FIELDS[field]) == {field: FIELDS[field]}


EXPORTS = {
    "Vorname|Nachname|Firma|E-Mail-Adresse|Telefon|Stadt|Bundesland|Land|Webseite|Position": (
        "first_name last_name company_name email phone city state country company_domain "
        "job_title"
    ),
    "Prénom|Nom|Société|Courriel|Téléphone|Ville|Pays|Fonction|Site web": (
        "first_name last_name company_name email phone city country job_title company_domain"
    ),
    "Nombre|Apellidos|Empresa|Correo electrónico|Móvil|Ciudad|País|Cargo": (
        "first_name last_name company_name email phone city country job_title"
    ),
    "Nome|Cognome|Azienda|Indirizzo e-mail|Cellulare|Città|Regione|Ruolo": (
        "first_name last_name company_name email phone city state job_title"
    ),
    "Nome completo|Sobrenome|Empresa|Telefone|Cidade|UF|País|Cargo": (
        "full_name last_name company_name phone city state country job_title"
    ),
    "Voornaam|Achternaam|Bedrijfsnaam|E-mailadres|Telefoonnummer|Plaats|Functie": (
        "first_name last_name company_name email phone city job_title"
    ),
    # HubSpot
    "Record ID|First Name|Last Name|Email|Phone Number|Contact owner|Associated Company"
    "|Job Title|City|State/Region|Country/Region|LinkedIn Bio": (
        "- first_name last_name email phone - company_name job_title city state country "
        "linkedin_url"
    ),
    # Salesforce
    "FirstName|LastName|Account Name|Title|Email|Phone|Mailing City|Mailing State/Province"
    "|Mailing Country|Lead Source": (
        "first_name last_name company_name job_title email phone city state country -"
    ),
    # Apollo
    "First Name|Last Name|Title|Company|Company Name for Emails|Email|Email Status"
    "|Email Confidence|Person Linkedin Url|Website|Company Linkedin Url|City|State|Country"
    "|Company City|Company Phone|Work Direct Phone|# Employees": (
        "first_name last_name job_title company_name - email - - linkedin_url company_domain "
        "- city state country - - phone -"
    ),
    # LinkedIn Sales Navigator scrape
    "profileUrl|fullName|firstName|lastName|companyName|title|location|connectionDegree": (
        "linkedin_url full_name first_name last_name company_name job_title - -"
    ),
    # Clay
    "Full Name|First Name|Last Name|Job Title|Company Domain|LinkedIn Profile|Work Email": (
        "full_name first_name last_name job_title company_domain linkedin_url email"
    ),
}


@pytest.mark.parametrize("headers", EXPORTS)
def test_it_matches_languages_and_exports(headers):
    matches = match_columns(headers.split("|"))
    assert [match.field or "-" for match in matches] == EXPORTS[headers].split()


def test_a_field_is_given_once_to_the_best_name():
    assert mapped("E-mail|Email") == {"email": "Email"}


def test_among_equals_the_fuller_column_wins():
    samples = [["", "a@x.com"], ["", "b@x.com"]]
    matches = match_columns(["Email", "Email"], samples)
    assert mapping_of(matches) == {"email": 1}


@pytest.mark.parametrize("header", ["Fisrt Name", "first  nme", "Emial Adress", "Compny Name"])
def test_misspelt_names_are_close(header):
    match = match_columns([header])[0]
    assert match.field
    assert match.why.startswith("close to “")


@pytest.mark.parametrize(
    "header",
    ["Email Status", "Company LinkedIn URL", "Company City", "Notes", "Lead Source", ""],
)
def test_these_are_not_sent(header):
    assert match_columns([header])[0].field is None


def test_cells_tell_what_a_header_does_not():
    samples = [["a@x.com", "https://linkedin.com/in/a"], ["b@x.com", "linkedin.com/in/b"]]
    assert mapped("Adresse|URL", samples) == {"email": "Adresse", "linkedin_url": "URL"}


def test_it_spells_the_name_of_a_site_as_everywhere():
    [match] = match_columns(["Person Linkedin Url"])
    assert match.why == "Apollo for LinkedIn URL"


def test_it_says_why():
    whys = [match.why for match in match_columns(["email", "Nachname", "Surname ", "x"])]
    assert whys == ["same name", "German for last name", "not sent", "not sent"]


def test_name_beside_a_first_name_is_the_last_name():
    assert mapped("Vorname|Name") == {"first_name": "Vorname", "last_name": "Name"}


def test_a_lone_nom_is_the_whole_name():
    assert mapped("Nom|Entreprise") == {"full_name": "Nom", "company_name": "Entreprise"}


@given(st.lists(st.sampled_from(["Email", "email", "Name", "", "Company", "x"]), max_size=8))
def test_each_column_has_one_match_and_each_field_one_column(headers):
    matches = match_columns(headers)
    assert [match.index for match in matches] == list(range(len(headers)))
    fields = [match.field for match in matches if match.field]
    assert len(fields) == len(set(fields))


def test_labels_are_distinct_for_a_person():
    assert column_labels(["Email", "", " Email", "A\nB"]) == [
        "Email",
        "Column 2",
        "Email (2)",
        "A B",
    ]
