-- Each column is declared in ../columns.py, clear or sealed, with its reason; each table with how long its rows live.
create table meta(
  name text primary key not null,
  value any
) strict, without rowid;

create table contacts(
  id integer primary key not null,
  lookup blob not null unique,
  channel text not null,
  state text not null check (state in ('active', 'blocked')),
  created_day integer not null,
  seen_day integer not null,
  session_day integer,
  address blob not null,
  profile blob,
  session blob
) strict;
create index contacts_seen on contacts(seen_day);
create index contacts_session on contacts(session_day);

create table contact_keys(
  contact integer primary key not null references contacts(id) on delete cascade,
  wrapped blob not null
) strict;

create table updates(
  id integer primary key not null,
  key blob not null unique,
  day integer not null
) strict;

create table outbox(
  id integer primary key not null,
  contact integer not null references contacts(id) on delete cascade,
  update_key blob,
  state text not null check (state in ('waiting', 'sending', 'held')),
  attempts integer not null,
  due real not null,
  day integer not null,
  body blob not null
) strict;
create index outbox_contact on outbox(contact);

create table failures(
  id integer primary key not null,
  contact integer not null references contacts(id) on delete cascade,
  day integer not null,
  code text not null
) strict;
create index failures_contact on failures(contact);

create table messages(
  id integer primary key not null,
  contact integer not null references contacts(id) on delete cascade,
  day integer not null,
  ref blob not null
) strict;
create index messages_contact on messages(contact);

create table timers(
  id integer primary key not null,
  contact integer not null references contacts(id) on delete cascade,
  kind text not null check (kind in ('wait', 'reminder')),
  state text not null check (state in ('waiting', 'held')),
  day integer not null,
  body blob not null
) strict;
create index timers_contact on timers(contact);
create index timers_day on timers(day);

create table tombstones(
  mark blob primary key not null,
  day integer not null
) strict, without rowid;

create table flow_versions(
  flow text not null,
  version text not null,
  source blob not null,
  primary key (flow, version)
) strict;

create table counts(
  hour integer not null,
  topic text not null,
  n integer not null,
  primary key (hour, topic)
) strict, without rowid;
