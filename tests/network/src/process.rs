// SPDX-License-Identifier: Apache-2.0
//! Processes that never outlive whoever started them.

use crate::Failure;
use std::{
	fs::File,
	path::{Path, PathBuf},
	process::Stdio,
	time::{Duration, Instant},
};
use tokio::process::{Child, Command};

/// A running program with its log file; it is killed when dropped.
pub struct Process {
	name: String,
	log: PathBuf,
	child: Child,
}

impl Process {
	/// Starts `program`; what it prints goes to `<logs>/<name>.log`.
	pub fn start(
		name: &str,
		program: &Path,
		args: &[String],
		env: &[(&str, &str)],
		logs: &Path,
	) -> Result<Self, Failure> {
		let log = logs.join(format!("{name}.log"));
		let out = File::options().create(true).append(true).open(&log)?;
		let err = out.try_clone()?;
		let child = Command::new(program)
			.args(args)
			.envs(env.iter().copied())
			.stdin(Stdio::null())
			.stdout(out)
			.stderr(err)
			.kill_on_drop(true)
			.spawn()
			.map_err(|error| Failure(format!("{} does not start: {error}", program.display())))?;
		Ok(Self { name: name.into(), log, child })
	}

	/// Its name.
	pub fn name(&self) -> &str {
		&self.name
	}

	/// Where it logs.
	pub fn log(&self) -> &Path {
		&self.log
	}

	/// Its process id, while it runs.
	pub fn pid(&self) -> Option<u32> {
		self.child.id()
	}

	/// An error with the end of its log if it has stopped by itself.
	pub fn check(&mut self) -> Result<(), Failure> {
		match self.child.try_wait()? {
			None => Ok(()),
			Some(status) => Err(Failure(format!(
				"{} stopped ({status}); the end of {}:\n{}",
				self.name,
				self.log.display(),
				self.tail(15)
			))),
		}
	}

	/// The last lines of its log.
	pub fn tail(&self, lines: usize) -> String {
		let text = std::fs::read(&self.log).unwrap_or_default();
		let text = String::from_utf8_lossy(&text).into_owned();
		let all: Vec<_> = text.lines().collect();
		all[all.len().saturating_sub(lines)..].join("\n")
	}

	/// Resident memory in bytes.
	pub fn memory(&self) -> u64 {
		let Some(pid) = self.pid() else { return 0 };
		let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
		let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
		line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
	}

	/// Kills it at once, as a power cut would.
	pub async fn kill(&mut self) -> Result<(), Failure> {
		self.child.kill().await?;
		Ok(())
	}

	/// Asks it to stop and waits; kills it when it takes longer than `patience`.
	pub async fn stop(&mut self, patience: Duration) -> Result<(), Failure> {
		if let Some(pid) = self.pid() {
			let _ = std::process::Command::new("kill").arg(pid.to_string()).status();
		}
		let start = Instant::now();
		while start.elapsed() < patience {
			if self.child.try_wait()?.is_some() {
				return Ok(());
			}
			tokio::time::sleep(Duration::from_millis(50)).await;
		}
		self.kill().await
	}
}
