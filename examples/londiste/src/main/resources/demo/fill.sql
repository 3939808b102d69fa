-- Fills the shop with :rows rows in all; each table takes its share in thousandths. The same rows every time.
-- The one parameter arrives as the setting demo.rows.
select setseed(0.42);

insert into shop.customers (email, full_name, tags, preferences, born, credit, created_at)
select 'customer' || n || '@example.com',
       'Customer Nr. ' || n || case n % 7 when 0 then E' "the\\O''Neil"' when 1 then ' Ærøskøbing' else '' end,
       case n % 5 when 0 then '{}' else array['tag' || n % 11, 'a,b "c"', null] end,
       case n % 9 when 0 then null when 1 then 'null' else jsonb_build_object('theme', 'dark', 'ratio', n / 7.0) end,
       date '1950-01-01' + n % 20000,
       round((random() * 1000)::numeric, 2),
       timestamptz '2025-01-01 00:00+00' + n * interval '17.000003 seconds'
from generate_series(1, current_setting('demo.rows')::int * 100 / 1000) n;

insert into shop.products (sku, title, price, weight_kg, sizes, attributes, thumbnail, warranty, changed_at)
select 'SKU-' || n,
       'Product ' || n,
       round((1 + random() * 500)::numeric, n % 4),
       case n % 10 when 0 then 'NaN' when 1 then 'Infinity' else random() / 3 end,
       case n % 3 when 0 then null else array[n, n / 3.0, null] end,
       jsonb_build_object('colour', 'c' || n % 12, 'sizes', jsonb_build_array(n, n + 0.10, null)),
       decode(repeat(md5(n::text), 4), 'hex'),
       make_interval(months => n % 36, secs => n % 60 + 0.5),
       timestamptz '2025-01-01 00:00+00' + n * interval '1 minute'
from generate_series(1, current_setting('demo.rows')::int * 25 / 1000) n;

insert into shop.orders (customer_id, status, placed_at, address, note)
select 1 + n % (current_setting('demo.rows')::int * 100 / 1000),
       (array['new', 'paid', 'shipped', 'returned'])[1 + n % 4]::shop.order_status,
       timestamptz '2025-01-01 00:00+00' + n * interval '9 minutes',
       jsonb_build_object('street', 'Street ' || n % 500, 'zip', lpad((n % 99999)::text, 5, '0')),
       case n % 6 when 0 then null when 1 then '' else E'line one\nline\ttwo \\ ' || n end
from generate_series(1, current_setting('demo.rows')::int * 225 / 1000) n;

insert into shop.order_lines (order_id, line, sku, quantity, price)
select 1 + (n - 1) / 2, 1 + n % 2, 'SKU-' || 1 + n % (current_setting('demo.rows')::int * 25 / 1000), 1 + n % 9,
       round((1 + random() * 500)::numeric, 2)
from generate_series(1, current_setting('demo.rows')::int * 450 / 1000) n;

insert into shop.payments (id, order_id, amount, paid_at, receipt)
select md5('payment' || n)::uuid, n, round((random() * 900)::numeric, 2),
       timestamptz '2025-02-01 00:00+00' + n * interval '10 minutes',
       case n % 4 when 0 then null when 1 then '' else decode(md5(n::text), 'hex') end
from generate_series(1, current_setting('demo.rows')::int * 100 / 1000) n;

insert into shop."giftCards" ("cardNo", "Owner", "balance left", "validTo")
select 'Card ' || n, n, n % 100 + 0.50, case n % 8 when 0 then 'infinity' else timestamptz '2027-01-01 00:00+00' end
from generate_series(1, current_setting('demo.rows')::int * 25 / 1000) n;

insert into shop.events (happened_at, kind, details)
select timestamptz '2025-06-01 00:00+00' + n * interval '40 minutes', 'kind' || n % 5, jsonb_build_object('n', n)
from generate_series(1, current_setting('demo.rows')::int * 75 / 1000) n;

analyze;
