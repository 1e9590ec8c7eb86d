//! Which attributes the spans of the catalogue have, in alphabetical order.

/// What every request's span has.
pub const ALWAYS: [&str; 17] = [
    "messaging.destination.template",
    "messaging.message.conversation_id",
    "messaging.operation.type",
    "messaging.system",
    "network.protocol.name",
    "service.name",
    "session.id",
    "socketio.ack",
    "socketio.client_id",
    "socketio.data_size_bytes",
    "socketio.direction",
    "socketio.duration_ms",
    "socketio.event",
    "socketio.namespace",
    "socketio.request_id",
    "socketio.session_id",
    "socketio.success",
];

/// What the span of a notice about a terminal has that several hear.
pub const TOLD: [&str; 16] = [
    "messaging.batch.message_count",
    "messaging.destination.template",
    "messaging.operation.type",
    "messaging.system",
    "network.protocol.name",
    "service.name",
    "session.id",
    "socketio.ack",
    "socketio.data_size_bytes",
    "socketio.direction",
    "socketio.duration_ms",
    "socketio.event",
    "socketio.namespace",
    "socketio.session_id",
    "socketio.success",
    "socketio.terminal_id",
];

/// What the spans of a connection's beginning and end have both.
pub const CONNECTED: [&str; 15] = [
    "messaging.destination.template",
    "messaging.operation.type",
    "messaging.system",
    "network.protocol.name",
    "service.name",
    "session.id",
    "socketio.ack",
    "socketio.client_id",
    "socketio.data_size_bytes",
    "socketio.direction",
    "socketio.duration_ms",
    "socketio.event",
    "socketio.namespace",
    "socketio.session_id",
    "socketio.success",
];
