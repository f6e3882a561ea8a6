create table staff(
  id integer primary key not null,
  handle text not null unique,
  organisation text not null,
  roles text not null,
  state text not null check (state in ('invited', 'active', 'disabled')),
  created integer not null,
  step integer not null,
  password blob,
  totp blob not null,
  invitation blob,
  invited_until integer,
  reset_by text,
  reset_until integer
) strict;

create table staff_sessions(
  id integer primary key not null,
  staff integer not null references staff(id) on delete cascade,
  token blob not null unique,
  level text not null check (level in ('joining', 'password', 'full')),
  began integer not null,
  seen integer not null,
  confirmed integer not null
) strict;
create index staff_sessions_staff on staff_sessions(staff);

create table recovery_codes(
  id integer primary key not null,
  staff integer not null references staff(id) on delete cascade,
  code blob not null
) strict;
create index recovery_codes_staff on recovery_codes(staff);

create table audit(
  id integer primary key not null,
  minute integer not null,
  handle text not null,
  what text not null,
  object blob not null,
  chain blob not null
) strict;
create index audit_handle on audit(handle, minute);

create trigger audit_is_never_changed before update on audit begin
  select raise(abort, 'a row of the audit is never changed');
end;

-- The clock is that of the clean-up, which stops at a leap: the same that the clean-up itself counts from.
create trigger audit_is_kept before delete on audit
when old.minute * 60 > (select value from meta where name = 'clock') - 730 * 86400 begin
  select raise(abort, 'a row of the audit is kept for two years');
end;
