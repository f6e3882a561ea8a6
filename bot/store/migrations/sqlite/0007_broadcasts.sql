-- Alerts to many. Whatever can send was let out by a second person (THREATS T33): an account of the organisation with that
-- role, older than a day, that never wrote or edited it, for exactly the digest that stands here. What was let out is
-- frozen: only how far it has come changes. What is cancelled stays so.
create table broadcasts(
  id integer primary key not null,
  key blob not null unique,
  code text not null unique,
  organisation text not null,
  state text not null check (
    state in ('draft', 'proposed', 'approved', 'enrolling', 'sending', 'paused', 'done', 'cancelled')
  ),
  version integer not null,
  digest blob not null,
  starts real,
  ends real not null,
  corrects blob not null,
  author text not null,
  created integer not null,
  approver text not null,
  approved blob not null,
  approved_at integer not null,
  counted integer,
  audience integer,
  began real,
  held_until real,
  reason text not null,
  body blob not null,
  check (
    state in ('draft', 'proposed', 'cancelled')
    or (approver <> '' and approver <> author and approved = digest and approved_at > 0)
  )
) strict;
create index broadcasts_state on broadcasts(state);

-- Who wrote or edited it.
create table broadcast_hands(
  broadcast integer not null references broadcasts(id) on delete cascade,
  handle text not null,
  primary key (broadcast, handle)
) strict, without rowid;

create trigger broadcasts_begin_as_drafts before insert on broadcasts when new.state <> 'draft' begin
  select raise(abort, 'a broadcast begins as a draft');
end;

create trigger broadcasts_need_two before update on broadcasts
when new.state not in ('draft', 'proposed', 'cancelled') and old.state in ('draft', 'proposed', 'cancelled') and (
  old.state <> 'proposed' or new.state <> 'approved'
  or exists (select 1 from broadcast_hands where broadcast = new.id and handle = new.approver)
  or not exists (
    select 1 from staff where handle = new.approver and organisation = new.organisation and state = 'active'
    and ' ' || roles || ' ' like '% approver %' and created <= new.approved_at - 86400
  )
) begin
  select raise(abort, 'a broadcast is let out by a second person, from a proposal');
end;

create trigger broadcasts_are_frozen before update on broadcasts
when new.state not in ('draft', 'proposed') and (
  new.version <> old.version or new.digest <> old.digest or new.starts is not old.starts or new.ends <> old.ends
  or new.corrects <> old.corrects or new.body <> old.body or ((old.state <> 'proposed' or new.state <> 'approved') and (
    new.approver <> old.approver or new.approved <> old.approved or new.approved_at <> old.approved_at
    or new.counted is not old.counted
  ))
) begin
  select raise(abort, 'what was let out is frozen');
end;

create trigger broadcasts_that_began_are_no_drafts before update on broadcasts
when new.state in ('draft', 'proposed') and old.state in ('enrolling', 'sending', 'paused', 'done') begin
  select raise(abort, 'what has begun is no draft any more');
end;

create trigger broadcasts_are_whose_they_are before update on broadcasts
when new.id <> old.id or new.key <> old.key or new.code <> old.code or new.organisation <> old.organisation
  or new.author <> old.author or new.created <> old.created
begin
  select raise(abort, 'whose a broadcast is does not change');
end;

create trigger broadcasts_stay_cancelled before update on broadcasts
when old.state = 'cancelled' and new.state <> 'cancelled' begin
  select raise(abort, 'what is cancelled stays so');
end;

-- The clock is that of the clean-up, as with the audit.
create trigger broadcasts_are_kept before delete on broadcasts
when old.created > (select value from meta where name = 'clock') - 730 * 86400 begin
  select raise(abort, 'a broadcast is kept for two years');
end;

create trigger broadcast_hands_come_before before insert on broadcast_hands
when not exists (select 1 from broadcasts where id = new.broadcast and state = 'draft') begin
  select raise(abort, 'who wrote a broadcast is written down while it is a draft');
end;

create trigger broadcast_hands_stay_as_they_are before update on broadcast_hands begin
  select raise(abort, 'who wrote a broadcast is never changed');
end;

create trigger broadcast_hands_stay before delete on broadcast_hands
when exists (select 1 from broadcasts where id = old.broadcast) begin
  select raise(abort, 'who wrote a broadcast is kept as long as it');
end;

-- Without a foreign key to its broadcast, which lives far longer. An id is higher, and its day the same or later, than all
-- ids that were enrolled before it.
create table broadcast_deliveries(
  id integer primary key not null,
  broadcast integer not null,
  contact integer not null references contacts(id) on delete cascade,
  account blob not null,
  state text not null check (state in ('due', 'sending', 'sent', 'failed', 'uncertain', 'skipped')),
  code text not null,
  reached integer not null check (reached between 0 and 2),
  fence integer not null,
  day integer not null,
  unique (contact, broadcast)
) strict;
create index broadcast_deliveries_due on broadcast_deliveries(broadcast, account, id) where state = 'due';
create index broadcast_deliveries_sending on broadcast_deliveries(broadcast, account) where state = 'sending';
create index broadcast_deliveries_uncertain on broadcast_deliveries(broadcast, id) where state = 'uncertain';

-- How many stand where; what is erased is taken off, what is past its 30 days stays counted.
create table broadcast_sums(
  broadcast integer not null references broadcasts(id) on delete cascade,
  state text not null,
  code text not null,
  reached integer not null,
  n integer not null,
  primary key (broadcast, state, code, reached)
) strict, without rowid;

create trigger broadcast_deliveries_leave after delete on broadcast_deliveries begin
  update broadcast_sums set n = n - 1 where broadcast = old.broadcast and state = old.state and code = old.code
  and reached = old.reached;
end;

create table segments(
  id integer primary key not null,
  organisation text not null,
  name text not null,
  version integer not null,
  author text not null,
  created integer not null,
  body blob not null,
  unique (organisation, name, version)
) strict;

create trigger segments_are_never_changed before update on segments begin
  select raise(abort, 'a saved segment is never changed: save it anew');
end;
