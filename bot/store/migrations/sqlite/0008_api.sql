-- Other systems of an organisation: what they may do, what they asked for already, and where they are told.
create table api_tokens(
  id integer primary key not null,
  label text not null unique,
  organisation text not null,
  scopes text not null,
  token blob unique,
  made_by text not null,
  created_day integer not null,
  until_day integer not null,
  used_day integer
) strict;

create table api_answers(
  id integer primary key not null,
  token integer not null references api_tokens(id) on delete cascade,
  key blob not null unique,
  body blob not null,
  reference blob not null,
  made integer not null
) strict;
create index api_answers_token on api_answers(token);

create table webhooks(
  id integer primary key not null,
  organisation text not null unique,
  state text not null check (state in ('active', 'ended')),
  sealed blob not null
) strict;

create table webhook_calls(
  id integer primary key not null,
  message blob not null unique default (randomblob(16)),
  organisation text not null,
  broadcast blob not null,
  event text not null check (event in ('done', 'cancelled', 'paused')),
  reason text not null,
  state text not null default 'waiting' check (state in ('waiting', 'calling', 'done', 'given-up', 'ended')),
  made integer not null default (unixepoch()),
  due integer not null default 0,
  tries integer not null default 0,
  status integer not null default 0
) strict;
create index webhook_calls_due on webhook_calls(state, due);

-- In the transaction that ends or stops an alert, whatever code does it: a call is neither lost nor made up.
create trigger broadcast_is_told after update of state on broadcasts
when old.state <> new.state
  and (new.state in ('done', 'cancelled') or (new.state = 'paused' and new.reason <> 'staff')) begin
  insert into webhook_calls (organisation, broadcast, event, reason)
  select new.organisation, new.key, new.state, new.reason from webhooks
  where organisation = new.organisation and state = 'active';
end;
