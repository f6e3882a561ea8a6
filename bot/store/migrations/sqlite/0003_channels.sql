-- What became of messages whose messenger tells it; a state never goes back.
create table deliveries(
  id integer primary key not null,
  contact integer not null references contacts(id) on delete cascade,
  state integer not null check (state between 0 and 3),
  day integer not null
) strict;
create index deliveries_contact on deliveries(contact);
create index deliveries_day on deliveries(day);

-- Codes that take a person to another channel.
create table moves(
  id integer primary key not null,
  contact integer not null references contacts(id) on delete cascade,
  key blob not null unique,
  day integer not null,
  until blob not null
) strict;
create index moves_contact on moves(contact);
