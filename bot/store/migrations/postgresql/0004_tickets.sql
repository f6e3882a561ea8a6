create table tickets(
  id bigint primary key,
  contact bigint not null references contacts(id) on delete cascade,
  ticket bytea not null unique,
  desk bytea not null unique,
  state text not null check (state in ('open', 'closed')),
  day bigint not null,
  head bytea not null
);
create index tickets_contact on tickets(contact);
create unique index tickets_open on tickets(contact) where state = 'open';

create table ticket_keys(
  ticket bigint primary key references tickets(id) on delete cascade,
  wrapped bytea not null
);
alter table ticket_keys set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1);

create table ticket_lines(
  id bigint primary key,
  ticket bigint not null references tickets(id) on delete cascade,
  body bytea not null
);
create index ticket_lines_ticket on ticket_lines(ticket);
