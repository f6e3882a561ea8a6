create table staff(
  id bigint primary key,
  handle text not null unique,
  organisation text not null,
  roles text not null,
  state text not null check (state in ('invited', 'active', 'disabled')),
  created bigint not null,
  step bigint not null,
  password bytea,
  totp bytea not null,
  invitation bytea,
  invited_until bigint,
  reset_by text,
  reset_until bigint
);

create table staff_sessions(
  id bigint primary key,
  staff bigint not null references staff(id) on delete cascade,
  token bytea not null unique,
  level text not null check (level in ('joining', 'password', 'full')),
  began bigint not null,
  seen bigint not null,
  confirmed bigint not null
);
create index staff_sessions_staff on staff_sessions(staff);

create table recovery_codes(
  id bigint primary key,
  staff bigint not null references staff(id) on delete cascade,
  code bytea not null
);
create index recovery_codes_staff on recovery_codes(staff);

create table audit(
  id bigint primary key,
  minute bigint not null,
  handle text not null,
  what text not null,
  object bytea not null,
  chain bytea not null
);
create index audit_handle on audit(handle, minute);

create function refuse() returns trigger language plpgsql as $$
begin
  raise exception '%', tg_argv[0];
end
$$;

create trigger audit_is_never_changed before update on audit for each row
execute function refuse('a row of the audit is never changed');

create trigger audit_is_not_emptied before truncate on audit for each statement
execute function refuse('a row of the audit is kept for two years');

-- The clock is that of the clean-up, which stops at a leap: the same that the clean-up itself counts from.
create function audit_keep() returns trigger language plpgsql as $$
begin
  if old.minute * 60 > (select value::double precision from safar.meta where name = 'clock') - 730 * 86400 then
    raise exception 'a row of the audit is kept for two years';
  end if;
  return old;
end
$$;

create trigger audit_is_kept before delete on audit for each row execute function audit_keep();
