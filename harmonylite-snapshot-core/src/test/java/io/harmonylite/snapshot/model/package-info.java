/**
 * A model of the whole: random histories of a node, its streams, its stores and its map, against plain sets of messages;
 * and stalls at every step of an operation.
 */
package io.harmonylite.snapshot.model;
