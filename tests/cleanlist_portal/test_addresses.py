from __future__ import annotations

import pytest


@pytest.mark.parametrize("address", ["/lists/?q=%00", "/imports/new?list=a%00", "/lists/%00/"])
def test_it_refuses_an_address_with_a_nul(alice_client, address):
    assert alice_client.get(address).status_code == 400
