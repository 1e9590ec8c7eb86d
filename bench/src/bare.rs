//! A server that is none: one thread that answers what a window types with what aetherterm would send, and does nothing else. What a
//! window measures with it is its own share and the network's.

use std::{
    net::{TcpListener, TcpStream},
    thread,
};

use anyhow::Result;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket, accept};

/// What is said of each message that is typed.
const TYPED: &str = r#"42["terminal:input_response",{"terminalId":"t_0000000000000","bytes":1,"_trace":{"b3":"00000000000000000000000000000001-0000000000000001-0"}}]"#;
/// What stands before its echo.
const OUTPUT: &str =
    r#"451-["terminal:output",{"terminalId":"t_0000000000000","seq":1000,"data":{"_placeholder":true,"num":0}}]"#;

/// Starts one for a single window, and returns where it listens.
///
/// # Errors
/// What the system says.
pub fn start() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    // It ends with its window's connection.
    thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            let _ = stream.set_nodelay(true);
            let _ = accept(stream).map(|mut window| answer(&mut window));
        }
    });
    Ok(address)
}

fn answer(window: &mut WebSocket<TcpStream>) -> tungstenite::Result<()> {
    window.send(Message::text("0{}"))?;
    loop {
        match window.read()? {
            Message::Text(text) if text.starts_with(r#"42["terminal:input""#) => {
                window.send(Message::text(TYPED))?;
                window.write(Message::text(OUTPUT))?;
                window.send(Message::binary(&b"x"[..]))?;
            }
            Message::Text(text) if text == "40" => window.send(Message::text("40{}"))?,
            Message::Close(_) => return Ok(()),
            _ => {}
        }
    }
}
