-- Other systems of an organisation: what they may do, what they asked for already, and where they are told.
create table api_tokens(
  id bigint primary key,
  label text not null unique,
  organisation text not null,
  scopes text not null,
  token bytea unique,
  made_by text not null,
  created_day bigint not null,
  until_day bigint not null,
  used_day bigint
);

create table api_answers(
  id bigint primary key,
  token bigint not null references api_tokens(id) on delete cascade,
  key bytea not null unique,
  body bytea not null,
  reference bytea not null,
  made bigint not null
);
create index api_answers_token on api_answers(token);

create table webhooks(
  id bigint primary key,
  organisation text not null unique,
  state text not null check (state in ('active', 'ended')),
  sealed bytea not null
);

create table webhook_calls(
  id bigint primary key generated always as identity,
  message bytea not null unique default uuid_send(gen_random_uuid()),
  organisation text not null,
  broadcast bytea not null,
  event text not null check (event in ('done', 'cancelled', 'paused')),
  reason text not null,
  state text not null default 'waiting' check (state in ('waiting', 'calling', 'done', 'given-up', 'ended')),
  made bigint not null default (extract(epoch from now())::bigint),
  due bigint not null default 0,
  tries bigint not null default 0,
  status bigint not null default 0
);
create index webhook_calls_due on webhook_calls(state, due);

-- In the transaction that ends or stops an alert, whatever code does it: a call is neither lost nor made up.
create function broadcast_is_told() returns trigger language plpgsql as $$
begin
  insert into webhook_calls (organisation, broadcast, event, reason)
  select new.organisation, new.key, new.state, new.reason from webhooks
  where organisation = new.organisation and state = 'active';
  return null;
end
$$;

create trigger broadcast_is_told after update of state on broadcasts for each row
when (old.state <> new.state
  and (new.state in ('done', 'cancelled') or (new.state = 'paused' and new.reason <> 'staff')))
execute function broadcast_is_told();
