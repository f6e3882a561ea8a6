create table questions(
  id bigint primary key,
  contact bigint not null references contacts(id) on delete cascade,
  day bigint not null,
  body bytea not null
);
create index questions_contact on questions(contact);
create index questions_day on questions(day);
