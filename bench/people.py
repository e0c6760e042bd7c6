"""A file of leads as sales people have them: quotes, line breaks, 3 % bad rows. Seeded."""

from __future__ import annotations

import csv
import random
from pathlib import Path

HEADER = [
    "First Name", "Last Name", "Email", "Phone", "Person Linkedin Url", "Company", "Website",
    "Title", "City", "State", "Country", "Notes",
]  # fmt: skip
FIRST = ["Ann", "Bob", "Zoë", "Jürgen", "María José", "Łukasz", "Søren", "Chloé"]
LAST = ["Lee", "Müller", "O'Neil", "García", "Nowak", "Dvořák", "van den Berg", "Smith"]
NOTE = "Met at the fair; asked for prices, wants a call in spring. "


def write_people(path: Path, rows: int) -> None:
    """`rows` data rows of about 200 bytes under a header."""
    chance = random.Random(20)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_person(chance, n) for n in range(rows))


def _person(chance: random.Random, n: int) -> list[str]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    company = f"Acme {n % 997}, Inc" if n % 3 else f"Bolt {n % 991}"
    email = f"{first.lower()}.{n}@example.com"
    url = f"https://www.linkedin.com/in/{last.lower().replace(' ', '-')}-{n}/"
    note = NOTE + (f'She said "yes".\nThen {n}.' if n % 10 == 0 else str(n))
    if n % 4 == 1:
        note = f"lead {n}"
    if n % 33 == 7:
        email, url, company = "", "", ""
    site = f"www.acme{n % 997}.com"
    return [
        first, last, email, f"+49 30 {n:07}", url, company, "" if not company else site,
        "Head of Sales", "Berlin", "BE", "Germany", note,
    ]  # fmt: skip
