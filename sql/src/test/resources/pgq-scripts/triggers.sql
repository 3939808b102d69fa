-- The triggers, with a stand-in for insert_event that says what it was called with.
\set VERBOSITY terse
\set ON_ERROR_ROLLBACK on
set client_min_messages = warning;
set datestyle = 'ISO, YMD';
set timezone = 'UTC';
set bytea_output = 'hex';

begin;
create or replace function pgq.insert_event(
    queue_name text, ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
returns bigint language plpgsql as $$
begin
    raise warning 'q=[%] t=[%] d=[%] 1=[%] 2=[%] 3=[%] 4=[%]',
        queue_name, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4;
    return 1;
end $$;

create function attach(tbl text, args text) returns void language plpgsql as $$
declare
    name text;
begin
    foreach name in array '{jsontriga,logutriga,sqltriga}'::text[] loop
        execute format('drop trigger if exists %I on %I', 't_' || name, tbl);
        execute format('create trigger %I after insert or update or delete on %I for each row'
            || ' execute procedure pgq.%I(%L%s)', 't_' || name, tbl, name, name, args);
    end loop;
end $$;
create function try(statement text) returns text language plpgsql as $$
begin
    execute statement;
    return 'ok';
exception when others then
    return sqlerrm;
end $$;

create table base (id serial primary key, txt text, val float);
select attach('base', '');
insert into base (txt) values ('text1'), (null), (''), (E'quo''te\\back "d" é %&=+');
insert into base (val) values (1.5);
update base set txt = 'text2' where id = 1;
update base set txt = 'text2' where id = 1;
update base set txt = null, val = 0.1 where id = 1;
delete from base where id = 2;
select try('update base set id = 77 where id = 1');
alter table base add column more text;
insert into base values (10, 'a', 1, 'b');
alter table base drop column val;
update base set more = 'c' where id = 10;
create trigger trunc after truncate on base for each statement execute procedure pgq.logutriga('que');
truncate base;

create table nokey (dat text);
select attach('nokey', '');
insert into nokey values ('foo');
select try('update nokey set dat = ''bat''');
select try('delete from nokey');

create table exprs (id int primary key, flag bool, ch char(4), r numeric[]);
select attach('exprs', ', ''ev_extra1=flag'', ''ev_extra2=id > 5'', ''ev_extra3=ch'', ''ev_extra4=r''');
insert into exprs values (1, true, 'ab', '{1.50,null}'), (6, null, null, null);
update exprs set flag = false where id = 1;

create table twokeys (b int, a text, c text, primary key (a, b));
select attach('twokeys', '');
insert into twokeys values (1, 'x', null);
update twokeys set c = 'y';
delete from twokeys;
select attach('twokeys', ', ''pkey=c,b''');
insert into twokeys values (1, 'x', 'y');
update twokeys set a = 'z';
delete from twokeys;
select attach('twokeys', ', ''ignore=c''');
insert into twokeys values (1, 'x', 'y');
update twokeys set c = 'z';
select attach('twokeys', ', ''backup''');
update twokeys set c = null;
delete from twokeys;

create table args (nr int primary key, col1 text, col2 text);
select attach('args', ', ''ev_extra1=(nr+3)::text'', ''ev_extra2=col1||col2'', ''ev_extra3=$$333$$'', ''ev_extra4=$$444$$'','
    || ' ''ev_type=$$custom$$''');
insert into args values (1, 'col1', 'col2');
update args set col1 = 'x', col2 = null;
delete from args;
select attach('args', ', ''when=col1 = $$yes$$''');
insert into args values (1, 'yes', null), (2, 'no', null);
select try('insert into args values (3, null, null)');
update args set col2 = 'a';
delete from args;
select attach('args', ', ''ev_data=col2''');
insert into args values (1, 'a', 'the data');
select attach('args', ', ''deny''');
select try('delete from args');
select attach('args', ', ''what=1''');
select try('delete from args');

create table columns (id int primary key, dat text, _pgq_ev_type text default 'mine', _pgq_ev_extra1 text default 'e1',
    _pgq_ev_extra2 text default 'e2', _pgq_ev_extra3 text default 'e3', _pgq_ev_extra4 text default 'e4');
select attach('columns', '');
insert into columns values (1, 'a');
update columns set dat = 'b';
delete from columns;

create table roles (id int primary key);
select attach('roles', '');
set session_replication_role = local;
insert into roles values (1);
set session_replication_role = replica;
insert into roles values (2);
alter table roles enable always trigger t_logutriga;
insert into roles values (3);
set session_replication_role = origin;
create trigger before_it before insert on roles for each row execute procedure pgq.logutriga('que', 'SKIP');
insert into roles values (4);
select * from roles order by id;

create table "Odd names" ("Id" int primary key, "select" text, "a,b" text);
select attach('Odd names', '');
insert into "Odd names" values (1, 'x', 'y');
update "Odd names" set "select" = null;
delete from "Odd names";

create function typetest(typ text, val text) returns void language plpgsql as $$
begin
    execute format('create table ttest (nr int primary key, val %1$s default %2$L::%1$s, arr %1$s[] default array[%2$L, %2$L, null]::%1$s[])', typ, val);
    perform attach('ttest', '');
    execute 'insert into ttest (nr) values (1)';
    drop table ttest;
end $$;
select typetest('text', null);
select typetest('text', $$'"quoted\string$%,@"'$$);
select typetest('bytea', '\x00FF01');
select typetest('bool', 'true');
select typetest('bool', 'false');
select typetest('timestamptz', '2026-11-23 11:59:48.599');
select typetest('timestamp', '2026-11-23 11:59:48.599');
select typetest('timestamp', 'infinity');
select typetest('date', '2026-11-23');
select typetest('time', '11:59:48.599');
select typetest('interval', '2 minutes');
select typetest('int2', '10010');
select typetest('int4', '-100100100');
select typetest('int8', '9223372036854775807');
select typetest('int8', '-9223372036854775808');
select typetest('oid', '100200300');
select typetest('float8', '1e300');
select typetest('numeric(40,15)', '100100.600500566501811');
select typetest('box', '((1.1, 2.1), (5.6, 5.7))');
select typetest('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
select typetest('json', '{"a": [false, null, true]}');
select typetest('jsonb', '[1,2.50,3]');
select typetest('char(5)', 'x');
select typetest('int4range', '[1,5)');
select typetest('inet', '10.0.0.1/8');
rollback;
