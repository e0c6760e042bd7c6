"""Encodings told from bytes: ours beside charset-normalizer, on lead files in 15 languages."""

from __future__ import annotations

import charset_normalizer

from imports.core.legacy import guess_legacy

# Language -> encodings it is found in, and words of its lead lists.
LANGUAGES = {
    "German": ("cp1252 mac_roman", "Müller Jürgen Größe München Köln Schäfer Straße Weiß"),
    "French": ("cp1252 iso8859-15 mac_roman", "Hélène François Société Orléans Noël Éric"),
    "Spanish": ("cp1252 mac_roman", "Muñoz José Compañía Málaga Peña Ángel Íñigo España"),
    "Italian": ("cp1252 mac_roman", "Nicolò Forlì Società Città Università Qualità Però"),
    "Portuguese": ("cp1252 mac_roman", "João Conceição São Informações Antônio Gonçalves"),
    "Dutch": ("cp1252", "Zoë Daniël België Coördinator Renée Patiënt Industriële Müller"),
    "Swedish": ("cp1252 mac_roman", "Åsa Jönköping Malmö Göran Västerås Håkan Ängelholm"),
    "Danish": ("cp1252 mac_roman", "Søren Århus København Jørgensen Kjær Ærø Bjørn Åge"),
    "Polish": ("cp1250 iso8859-2", "Łukasz Wójcik Gdańsk Łódź Kraków Żółć Małgorzata"),
    "Czech": ("cp1250 iso8859-2", "Jiří Dvořák Plzeň Společnost Kučera Růžička Tomáš"),
    "Hungarian": ("cp1250 iso8859-2", "Győr Szűcs Erdős László Török Székesfehérvár"),
    "Russian": ("cp1251 koi8-r", "Иванов Москва Сергей Директор Ромашка Наталья Россия"),
    "Greek": ("cp1253", "Γιώργος Αθήνα Παπαδόπουλος Εταιρεία Διευθυντής Ελλάδα Μαρία"),
    "Japanese": ("cp932", "田中太郎 東京都 株式会社 営業部長 鈴木 山田花子 マーケティング"),
    "Chinese": ("gb18030", "王小明 北京市 有限公司 销售经理 上海 李娜 广东省 总经理"),
}
CANDIDATES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "mac_roman",
    "koi8_r",
    "cp932",
    "gb18030",
]
SIZES = ((5, 1), (100, 1), (100, 20))  # rows, and how many of them are plain ASCII


def main() -> None:
    samples = [
        (text, text.encode(encoding))
        for encodings, words in LANGUAGES.values()
        for encoding in encodings.split()
        for rows, plain in SIZES
        for text in [_leads(words.split(), rows, plain)]
    ]
    print(f"Encodings told right, of {len(samples)} small lead files in 15 languages\n")
    for name, guess in {"ours": _ours, "charset-normalizer": _library}.items():
        right = sum(_reads_right(body, guess(body), text) for text, body in samples)
        print(f"{name:>20} {right / len(samples):>6.0%}")
    print()


def _leads(words: list[str], rows: int, plain: int) -> str:
    lines = ["email,name,company,city"]
    for n in range(rows):
        one, two, three = (words[(n * k + k) % len(words)] for k in (1, 3, 5))
        name = "Bob Smith" if plain > 1 and n % plain else f"{one} {two}"
        lines.append(f"p{n}@example.com,{name},{three if plain == 1 else 'Acme'} {n},Berlin")
    return "\n".join([*lines, ""])


def _reads_right(body: bytes, encoding: str | None, text: str) -> bool:
    return encoding is not None and body.decode(encoding, "replace") == text


def _ours(body: bytes) -> str:
    return guess_legacy(body)[0]


def _library(body: bytes) -> str | None:
    best = charset_normalizer.from_bytes(body, cp_isolation=CANDIDATES).best()
    return best.encoding if best else None


if __name__ == "__main__":
    main()
