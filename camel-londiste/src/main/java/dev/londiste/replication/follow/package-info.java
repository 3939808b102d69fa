/**
 * Providers with triggers of SkyTools 2, PgQ or Londiste 3, on which nothing of ours is installed but what a consumer of
 * the queue needs.
 */
package dev.londiste.replication.follow;
