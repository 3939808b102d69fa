/** Many rows on their way to the server: in its own format where the types of columns are known, else as text. */
package dev.londiste.replication.apply.bulk;
