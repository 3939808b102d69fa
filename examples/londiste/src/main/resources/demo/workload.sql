-- What the shop's customers and staff do, one transaction each; the number is how often, relative to the others.
-- Every step picks its rows by chance and may find none.

-- 30 place an order
with placed as (
    insert into shop.orders (customer_id, address, note)
    select id, jsonb_build_object('street', 'Street ' || floor(random() * 500), 'gift', random() < 0.2), 'demo'
    from shop.customers
    where id >= (select floor(random() * max(id)) from shop.customers) order by id limit 1
    returning id
), lines as (
    insert into shop.order_lines (order_id, line, sku, quantity, price)
    select placed.id, row_number() over (), product.sku, 1 + floor(random() * 5), product.price + 0.01
    from placed, (select sku, price from shop.products
                  where sku >= (select 'SKU-' || floor(random() * 9999)) order by sku limit 3) product
)
insert into shop.payments (order_id, amount, receipt)
select id, round((random() * 900)::numeric, 2), decode(md5(random()::text), 'hex') from placed;

-- 25 an order moves on
update shop.orders
set status = case status when 'new' then 'paid' when 'paid' then 'shipped' else 'returned' end::shop.order_status,
    note = case when random() < 0.1 then null else E'moved on\t' || clock_timestamp() end
where id = (select id from shop.orders
            where id >= (select floor(random() * max(id)) from shop.orders) order by id limit 1);

-- 20 something happened
insert into shop.events (happened_at, kind, details)
select clock_timestamp() - random() * interval '500 days', 'kind' || floor(random() * 5),
       case when random() < 0.2 then null else jsonb_build_object('at', clock_timestamp(), 'ratio', random()) end
from generate_series(1, 3);

-- 10 a customer changes preferences
update shop.customers
set preferences = case floor(random() * 3) when 0 then null when 1 then 'null' else jsonb_build_object('n', random()) end,
    tags = array_append(tags[1:3], 'tag ' || floor(random() * 9)), credit = credit + 1.10
where id = (select id from shop.customers
            where id >= (select floor(random() * max(id)) from shop.customers) order by id limit 1);

-- 8 an order is cancelled, with its lines and payments
delete from shop.orders
where id = (select id from shop.orders
            where id >= (select floor(random() * max(id)) from shop.orders) order by id limit 1);

-- 6 a new customer, with a gift card
with customer as (
    insert into shop.customers (email, full_name, born)
    values ('customer' || gen_random_uuid() || '@example.com', 'New Customer', date '2000-02-29')
    returning id
)
insert into shop."giftCards" select 'Card ' || gen_random_uuid(), id, 50, 'infinity' from customer;

-- 5 some prices change
update shop.products
set price = round(price * (0.9 + random()::numeric / 5), floor(random() * 5)::int), sizes = array[price, null],
    attributes = attributes || jsonb_build_object('changed', clock_timestamp()), changed_at = clock_timestamp()
where sku in (select sku from shop.products
              where sku >= (select 'SKU-' || floor(random() * 9999)) order by sku limit 10);

-- 3 a gift card gets another number, that is another primary key
update shop."giftCards"
set "cardNo" = 'Card ' || gen_random_uuid(), "balance left" = "balance left" - 0.10
where "cardNo" = (select "cardNo" from shop."giftCards"
                  where "cardNo" >= (select 'Card ' || floor(random() * 9999)) order by 1 limit 1);

-- 2 a product gets another number, and so do the order lines that name it
update shop.products
set sku = 'SKU-' || floor(random() * 9999) || '-' || gen_random_uuid()
where sku = (select sku from shop.products
             where sku >= (select 'SKU-' || floor(random() * 9999)) order by sku limit 1);

-- 2 an event moves to another partition
update shop.events
set happened_at = happened_at + interval '1 year'
where (id, happened_at) in (select id, happened_at from shop.events
             where happened_at >= (select timestamptz '2025-06-01' + random() * interval '300 days')
             order by happened_at limit 1);

-- 2 a gift card is deleted and comes back in the same transaction
do $$
declare
    card shop."giftCards";
begin
    delete from shop."giftCards"
    where "cardNo" = (select "cardNo" from shop."giftCards"
                      where "cardNo" >= (select 'Card ' || floor(random() * 9999)) order by 1 limit 1)
    returning * into card;
    if found then
        insert into shop."giftCards" values (card."cardNo", card."Owner", card."balance left" + 1, now());
    end if;
end $$;

-- 1 two customers exchange their unique mail addresses
do $$
declare
    one shop.customers;
    two shop.customers;
begin
    select * into one from shop.customers
    where id >= (select floor(random() * max(id)) from shop.customers) order by id limit 1 for update;
    select * into two from shop.customers where id > one.id order by id limit 1 for update;
    update shop.customers set email = 'exchange' where id = one.id;
    update shop.customers set email = one.email where id = two.id;
    update shop.customers set email = coalesce(two.email, one.email) where id = one.id;
end $$;
