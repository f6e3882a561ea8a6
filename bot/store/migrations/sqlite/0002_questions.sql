create table questions(
  id integer primary key not null,
  contact integer not null references contacts(id) on delete cascade,
  day integer not null,
  body blob not null
) strict;
create index questions_contact on questions(contact);
create index questions_day on questions(day);
