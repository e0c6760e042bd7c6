"""What the pages of an import may be asked and told. A query that makes no sense is read as
if it were not there."""

from __future__ import annotations
