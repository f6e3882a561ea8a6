-- What became of messages whose messenger tells it; a state never goes back.
create table deliveries(
  id bigint primary key,
  contact bigint not null references contacts(id) on delete cascade,
  state bigint not null check (state between 0 and 3),
  day bigint not null
);
create index deliveries_contact on deliveries(contact);
create index deliveries_day on deliveries(day);

-- Codes that take a person to another channel.
create table moves(
  id bigint primary key,
  contact bigint not null references contacts(id) on delete cascade,
  key bytea not null unique,
  day bigint not null,
  until bytea not null
);
create index moves_contact on moves(contact);
