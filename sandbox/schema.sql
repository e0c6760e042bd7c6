CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE organizations (
    organization_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    credits INTEGER NOT NULL CHECK (credits >= 0)
) WITHOUT ROWID;

CREATE TABLE lists (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    folder_id TEXT,
    visibility TEXT NOT NULL,
    is_protected INTEGER NOT NULL DEFAULT 0,
    is_hidden INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE TABLE shares (
    list_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (list_id, user_id)
) WITHOUT ROWID;
CREATE TABLE folders (
    folder_id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    name TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE leads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lead_id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    first_name TEXT,
    last_name TEXT,
    full_name TEXT,
    email TEXT,
    phone TEXT,
    title TEXT,
    company TEXT,
    domain TEXT,
    location TEXT,
    linkedin_url TEXT,
    provider TEXT,
    is_enriched INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE memberships (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id TEXT NOT NULL,
    lead INTEGER NOT NULL,
    UNIQUE (list_id, lead)
);
-- One page of a list's leads, in the order they came.
CREATE INDEX memberships_page ON memberships (list_id, position);
-- In which lists a lead is.
CREATE INDEX memberships_lead ON memberships (lead);

CREATE TABLE workflows (
    workflow_id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    list_id TEXT,
    enrichment_type TEXT NOT NULL,
    total INTEGER NOT NULL,
    rate REAL NOT NULL,
    started REAL NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    processed INTEGER NOT NULL DEFAULT 0,
    completed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    emails_found INTEGER NOT NULL DEFAULT 0,
    phones_found INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL,
    charged INTEGER,
    refunded INTEGER,
    refund_status TEXT,
    refund_message TEXT,
    person TEXT,
    result TEXT
) WITHOUT ROWID;
-- The workflows a tick must look at.
CREATE INDEX workflows_open ON workflows (status);
CREATE TABLE workflow_leads (
    workflow_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    lead INTEGER NOT NULL,
    PRIMARY KEY (workflow_id, place)
) WITHOUT ROWID;

CREATE TABLE answers (
    organization_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body TEXT NOT NULL,
    created REAL NOT NULL,
    PRIMARY KEY (organization_id, operation, idempotency_key)
) WITHOUT ROWID;
CREATE TABLE quotes (
    quote_id TEXT PRIMARY KEY,
    bound TEXT NOT NULL,
    cost INTEGER NOT NULL,
    issued REAL NOT NULL,
    is_used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE cohorts (
    task_id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    list_id TEXT NOT NULL,
    lead_ids TEXT NOT NULL,
    created REAL NOT NULL,
    workflow_id TEXT
) WITHOUT ROWID;
CREATE TABLE exports (
    export_id TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    expires REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE windows (
    bucket TEXT PRIMARY KEY,
    started REAL NOT NULL,
    calls INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    spec TEXT NOT NULL,
    times_left INTEGER NOT NULL
);
CREATE TABLE ledger (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
-- The usage report reads the calls; tests read one kind.
CREATE INDEX ledger_kind ON ledger (kind, n);
