//! Answers every request on `HELLO_OPS_LISTEN` with 200: a workload in Rust for the runner's tests.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;

fn main() -> std::io::Result<()> {
    let address = std::env::var("HELLO_OPS_LISTEN").expect("HELLO_OPS_LISTEN");
    let listener = UnixListener::bind(address.trim_start_matches("unix:"))?;
    println!("{{\"message\":\"hello from Rust\"}}");
    for stream in listener.incoming() {
        let mut stream = stream?;
        let _ = stream.read(&mut [0; 1024])?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    }
    Ok(())
}
