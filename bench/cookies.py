"""`python -m bench.cookies NUMBER`: sign so many people in; print their cookies."""

from __future__ import annotations

import json
import sys

from bench import world


def main(number: int) -> None:
    world.set_up()
    from bench.pages import cookie_of
    from people.models import Person, Role

    people = [Person.objects.get(username="olga")]
    for n in range(1, number):
        name = f"olga{n}"
        known = {"email": f"{name}@example.com", "role": Role.ADMIN}
        people.append(Person.objects.get_or_create(username=name, defaults=known)[0])
    print(json.dumps([cookie_of(person) for person in people]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
