/** Rows on their way into COPY: in the server's own format where the types of a table are known, else as text. */
package dev.londiste.replication.apply.bulk;
