"""What seeded people, companies and places are called."""

from __future__ import annotations


def _each(text: str) -> tuple[str, ...]:
    """The lines of a text, without the indentation."""
    return tuple(line.strip() for line in text.strip().splitlines())


WESTERN = _each("""
    Ada Bell
    Bruno Costa
    Chiara Moretti
    Dietrich Vogel
    Élodie Lefèvre
    Freya Lindqvist
    Gonzalo Ibáñez
    Hannah Weiß
    Imogen Clarke
    Jürgen Großmann
    Katarzyna Wójcik
    Liam O'Connor
    Maren Sørensen
    Nuno Gonçalves
    Oona Virtanen
    Priya Raghunathan
    Quentin Dubois
    Rosa Jiménez
    Søren Kjær
    Tomáš Dvořák
    Ursula von der Heide
    Vera Nagy
    William Ng
    Ximena Peña
    Yara Haddad
    Zoë van den Berg
    Anne-Marie D'Ambrosio
    Ömer Yılmaz
    Siobhán Ní Bhriain
    Mateo Fernández de la Cruz
""")
JAPANESE = _each("""
    陽菜 佐藤
    翔太 鈴木
    結衣 高橋
    健太 田中
    美咲 渡辺
    大輔 伊藤
    さくら 山本
    直樹 中村
    真理子 小林
    悠斗 加藤
    あかり 吉田
    誠 山田
""")
CYRILLIC = _each("""
    Анна Иванова
    Дмитрий Соколов
    Олена Шевченко
    Сергей Кузнецов
    Мария Попова
    Андрій Коваленко
    Екатерина Новикова
    Пётр Ёлкин
    Наталья Белова
    Іван Франко
""")
OTHERS = _each("""
    محمد الأحمد
    ليلى حسن
    नीलम शर्मा
    राहुल गुप्ता
    小明 王
    娜 李
    민준 김
    서연 박
    Νίκος Παπαδόπουλος
    Ελένη Γεωργίου
    דוד כהן
    Nguyễn Thị Minh Khai
""")
LONG = "Maximiliana-Alexandrina von Hohenzollern-Sigmaringen-Württemberg zu Schaumburg-Lippe"
TITLES = _each("""
    VP Sales
    Head of Revenue Operations
    Chief Financial Officer
    Director, Demand Generation
    RevOps Manager
    Leiterin Vertrieb
    Chief Technology Officer
    Account Executive, Mid-Market
    Procurement Lead EMEA
    Founder & CEO
    Growth Marketing Manager
    Responsable commercial
    Senior Vice President of Global Strategic Partnerships and Alliances
    営業部長
    Director de Operaciones
    VP Engineering
    Customer Success Manager
    Data Analyst
""")
COMPANIES = _each("""
    Northlight Pay
    Kestrel Ledger
    Blauwal Logistik GmbH
    Fjordbank ASA
    Almond & Rye
    Tessellate Labs
    Quai Neuf SAS
    Sable Insurance Group
    Haruka Systems
    Copperline Freight
    Meridian Robotics, Inc.
    Müller & Söhne KG
    Opaline Health
    Puffin Analytics
    Granite Cloud
    Lumen Trade "Direct"
    Vantage Bio-Tech Holdings International (Luxembourg) S.à r.l.
    Zephyr Mobility
    Cascade Foods
    Orbital Learning
""")
PLACES = _each("""
    London, England, United Kingdom
    Berlin, Berlin, Germany
    Paris, Île-de-France, France
    New York, New York, United States
    Tokyo, Tokyo, Japan
    Zürich, Zürich, Switzerland
    São Paulo, São Paulo, Brazil
    Kraków, Lesser Poland, Poland
    Oslo, Oslo, Norway
    Austin, Texas, United States
    München, Bavaria, Germany
    Bengaluru, Karnataka, India
""")

FLAVOURS = {
    "western": (*WESTERN, LONG),
    "japanese": (*JAPANESE, *JAPANESE, *WESTERN[:4]),
    "cyrillic": (*CYRILLIC, *CYRILLIC, *WESTERN[:4]),
    "mixed": (*WESTERN, *WESTERN, *JAPANESE, *CYRILLIC, *OTHERS, LONG),
}
