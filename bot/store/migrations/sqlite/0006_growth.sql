-- Which process does what: a name is held until a moment; each new holder has a new fence, and what an older one claimed is
-- not its own any more.
create table leases(
  name text primary key not null,
  holder text not null,
  fence integer not null,
  until real not null
) strict, without rowid;

alter table outbox add column fence integer not null default 0;

-- Whose profile, address or state changed within the last minutes, for the indexes in memory. The newest row of those that
-- are forgotten stays, empty, so that no id is given twice.
create table changes(
  id integer primary key not null,
  who blob not null
) strict;
