create table tickets(
  id integer primary key not null,
  contact integer not null references contacts(id) on delete cascade,
  ticket blob not null unique,
  desk blob not null unique,
  state text not null check (state in ('open', 'closed')),
  day integer not null,
  head blob not null
) strict;
create index tickets_contact on tickets(contact);
create unique index tickets_open on tickets(contact) where state = 'open';

create table ticket_keys(
  ticket integer primary key not null references tickets(id) on delete cascade,
  wrapped blob not null
) strict;

create table ticket_lines(
  id integer primary key not null,
  ticket integer not null references tickets(id) on delete cascade,
  body blob not null
) strict;
create index ticket_lines_ticket on ticket_lines(ticket);
