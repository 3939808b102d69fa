/** Changes one by one, strictly in their order, and without those that a failed queue takes. */
package dev.londiste.replication.apply.inorder;
