"""What enriching one lead costs at most, in whole credits; what is not found is not charged.

The API tells no price without a quote; these are in its documentation (docs/api-contract.md,
"Prices").
"""

from __future__ import annotations

PER_LEAD = {"partial": 1, "phone_only": 10, "full": 11}
