package io.harmonylite.snapshot.trim;

/** What keeps a message of a stream from being removed. The first that applies is told. */
public enum TrimBound {
    /** There are fewer than two snapshots that were proven. */
    NOT_PROVEN("fewer than two snapshots were proven to be restorable"),
    /** The stream does not exist. */
    NO_STREAM("the stream does not exist"),
    /** One of the two does not cover every stream: a node could not be recovered from it. */
    NOT_COVERED("one of the two latest proven snapshots does not cover every stream"),
    /** A snapshot, or this node, stands at a position of another stream, or does not say of which. */
    UNKNOWN_STREAM("a position does not say that it is one of the stream that is there now"),
    /** It is not known how far the other nodes are. */
    MEMBERS_UNKNOWN("nobody says how far the other nodes are"),
    /** The latest two proven snapshots stand there. */
    SNAPSHOTS("the older of the two latest proven snapshots stands there"),
    /** This node stands there. */
    THIS_NODE("this node has applied no more"),
    /** Another node stands there. */
    MEMBERS("another node has applied no more"),
    /** The last messages stay. */
    MESSAGES_KEPT("the policy keeps the last messages"),
    /** Young messages stay. */
    AGE_KEPT("the policy keeps young messages");

    private final String sentence;

    TrimBound(String sentence) {
        this.sentence = sentence;
    }

    /** What it means, for people. */
    public String sentence() {
        return sentence;
    }
}
