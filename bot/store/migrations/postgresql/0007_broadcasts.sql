-- Alerts to many. Whatever can send was let out by a second person (THREATS T33): an account of the organisation with that
-- role, older than a day, that never wrote or edited it, for exactly the digest that stands here. What was let out is
-- frozen: only how far it has come changes. What is cancelled stays so.
create table broadcasts(
  id bigint primary key,
  key bytea not null unique,
  code text not null unique,
  organisation text not null,
  state text not null check (
    state in ('draft', 'proposed', 'approved', 'enrolling', 'sending', 'paused', 'done', 'cancelled')
  ),
  version bigint not null,
  digest bytea not null,
  starts double precision,
  ends double precision not null,
  corrects bytea not null,
  author text not null,
  created bigint not null,
  approver text not null,
  approved bytea not null,
  approved_at bigint not null,
  counted bigint,
  audience bigint,
  began double precision,
  held_until double precision,
  reason text not null,
  body bytea not null,
  check (
    state in ('draft', 'proposed', 'cancelled')
    or (approver <> '' and approver <> author and approved = digest and approved_at > 0)
  )
);
create index broadcasts_state on broadcasts(state);

-- Who wrote or edited it.
create table broadcast_hands(
  broadcast bigint not null references broadcasts(id) on delete cascade,
  handle text not null,
  primary key (broadcast, handle)
);

create trigger broadcasts_begin_as_drafts before insert on broadcasts for each row when (new.state <> 'draft')
execute function refuse('a broadcast begins as a draft');

create function broadcasts_need_two() returns trigger language plpgsql as $$
begin
  if old.state <> 'proposed' or new.state <> 'approved'
    or exists (select 1 from safar.broadcast_hands where broadcast = new.id and handle = new.approver)
    or not exists (
      select 1 from safar.staff where handle = new.approver and organisation = new.organisation and state = 'active'
      and ' ' || roles || ' ' like '% approver %' and created <= new.approved_at - 86400
    )
  then
    raise exception 'a broadcast is let out by a second person, from a proposal';
  end if;
  return new;
end
$$;

create trigger broadcasts_need_two before update on broadcasts for each row when (
  new.state not in ('draft', 'proposed', 'cancelled') and old.state in ('draft', 'proposed', 'cancelled')
) execute function broadcasts_need_two();

create trigger broadcasts_are_frozen before update on broadcasts for each row when (
  new.state not in ('draft', 'proposed') and (
    new.version <> old.version or new.digest <> old.digest or new.starts is distinct from old.starts
    or new.ends <> old.ends or new.corrects <> old.corrects or new.body <> old.body
    or ((old.state <> 'proposed' or new.state <> 'approved') and (
      new.approver <> old.approver or new.approved <> old.approved or new.approved_at <> old.approved_at
      or new.counted is distinct from old.counted
    ))
  )
) execute function refuse('what was let out is frozen');

create trigger broadcasts_that_began_are_no_drafts before update on broadcasts for each row when (
  new.state in ('draft', 'proposed') and old.state in ('enrolling', 'sending', 'paused', 'done')
) execute function refuse('what has begun is no draft any more');

create trigger broadcasts_are_whose_they_are before update on broadcasts for each row when (
  new.id <> old.id or new.key <> old.key or new.code <> old.code or new.organisation <> old.organisation
  or new.author <> old.author or new.created <> old.created
) execute function refuse('whose a broadcast is does not change');

create trigger broadcasts_stay_cancelled before update on broadcasts for each row when (
  old.state = 'cancelled' and new.state <> 'cancelled'
) execute function refuse('what is cancelled stays so');

-- The clock is that of the clean-up, as with the audit.
create function broadcasts_keep() returns trigger language plpgsql as $$
begin
  if old.created > (select value::double precision from safar.meta where name = 'clock') - 730 * 86400 then
    raise exception 'a broadcast is kept for two years';
  end if;
  return old;
end
$$;

create trigger broadcasts_are_kept before delete on broadcasts for each row execute function broadcasts_keep();

create trigger broadcasts_are_not_emptied before truncate on broadcasts for each statement
execute function refuse('a broadcast is kept for two years');

create function broadcast_hands_come() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from safar.broadcasts where id = new.broadcast and state = 'draft') then
    raise exception 'who wrote a broadcast is written down while it is a draft';
  end if;
  return new;
end
$$;

create trigger broadcast_hands_come_before before insert on broadcast_hands for each row
execute function broadcast_hands_come();

create trigger broadcast_hands_stay_as_they_are before update on broadcast_hands for each row
execute function refuse('who wrote a broadcast is never changed');

create function broadcast_hands_keep() returns trigger language plpgsql as $$
begin
  if exists (select 1 from safar.broadcasts where id = old.broadcast) then
    raise exception 'who wrote a broadcast is kept as long as it';
  end if;
  return old;
end
$$;

create trigger broadcast_hands_stay before delete on broadcast_hands for each row execute function broadcast_hands_keep();

create trigger broadcast_hands_are_not_emptied before truncate on broadcast_hands for each statement
execute function refuse('who wrote a broadcast is kept as long as it');

-- Without a foreign key to its broadcast, which lives far longer. An id is higher, and its day the same or later, than all
-- ids that were enrolled before it.
create table broadcast_deliveries(
  id bigint primary key,
  broadcast bigint not null,
  contact bigint not null references contacts(id) on delete cascade,
  account bytea not null,
  state text not null check (state in ('due', 'sending', 'sent', 'failed', 'uncertain', 'skipped')),
  code text not null,
  reached bigint not null check (reached between 0 and 2),
  fence bigint not null,
  day bigint not null,
  unique (contact, broadcast)
);
create index broadcast_deliveries_due on broadcast_deliveries(broadcast, account, id) where state = 'due';
create index broadcast_deliveries_sending on broadcast_deliveries(broadcast, account) where state = 'sending';
create index broadcast_deliveries_uncertain on broadcast_deliveries(broadcast, id) where state = 'uncertain';

-- How many stand where; what is erased is taken off, what is past its 30 days stays counted.
create table broadcast_sums(
  broadcast bigint not null references broadcasts(id) on delete cascade,
  state text not null,
  code text not null,
  reached bigint not null,
  n bigint not null,
  primary key (broadcast, state, code, reached)
);

create function broadcast_deliveries_leave() returns trigger language plpgsql as $$
begin
  update safar.broadcast_sums set n = n - 1 where broadcast = old.broadcast and state = old.state and code = old.code
  and reached = old.reached;
  return null;
end
$$;

create trigger broadcast_deliveries_leave after delete on broadcast_deliveries for each row
execute function broadcast_deliveries_leave();

create table segments(
  id bigint primary key,
  organisation text not null,
  name text not null,
  version bigint not null,
  author text not null,
  created bigint not null,
  body bytea not null,
  unique (organisation, name, version)
);

create trigger segments_are_never_changed before update on segments for each row
execute function refuse('a saved segment is never changed: save it anew');
