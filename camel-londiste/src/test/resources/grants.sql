-- On either side, as the owner of the database or a superuser: shop_owner owns the tables, shop_replica replicates them.
grant shop_owner to shop_replica;
do $$
begin
    execute format('grant create on database %I to shop_replica', current_database());
end
$$;
