// SPDX-License-Identifier: Apache-2.0
//! Receiving the blob of a proposed contract.

use super::{answer::Failure, Service};
use crate::{store::Refusal, LOG_TARGET};
use axum::{
	body::Body,
	extract::{Path, State},
	http::{header, HeaderMap, StatusCode},
	response::Json,
};
use futures::StreamExt;
use serde_json::{json, Value};
use terrace_layers::{
	views::{ContractState, ContractView},
	ContractId,
};
use terrace_possession::BlobSize;

/// `PUT /contracts/{id}`: receives, checks and keeps the blob, then accepts the contract.
pub async fn put(
	State(service): State<Service>,
	Path(id): Path<u64>,
	headers: HeaderMap,
	body: Body,
) -> Result<(StatusCode, Json<Value>), Failure> {
	let _permit = service.uploads.try_acquire().map_err(|_| {
		Failure::new(
			StatusCode::SERVICE_UNAVAILABLE,
			"too many uploads are being received",
			"try again in a while",
		)
	})?;
	let contract = wanted(&service, ContractId(id)).await?;
	let answer = json!({ "contract": id, "root": contract.root, "size": contract.size });
	let stored = service.store.size_of(&contract.root)?.is_some();
	if stored && contract.state == ContractState::Active {
		return Ok((StatusCode::OK, Json(answer)));
	}
	if !stored {
		check_length(&headers, contract.size)?;
		check_room(&service, contract.size)?;
		if let Err(failure) = receive(&service, &contract, body).await {
			service.metrics.refused.inc();
			return Err(failure);
		}
		service.metrics.uploads.inc();
	}
	let at = service.contracts.finalized().await?;
	service.store.bind(contract.id, &contract.root, at)?;
	if contract.state == ContractState::Proposed {
		service.contracts.accept(contract.id).await?;
		tracing::info!(target: LOG_TARGET, contract = id, root = %contract.root, "accepted");
	}
	Ok((StatusCode::CREATED, Json(answer)))
}

/// The contract, if its blob is wanted here.
async fn wanted(service: &Service, id: ContractId) -> Result<ContractView, Failure> {
	let contract = service.contracts.contract(id).await?.ok_or_else(|| {
		Failure::new(
			StatusCode::NOT_FOUND,
			format!("there is no contract {id}"),
			"propose a contract first, and wait until it is final",
		)
	})?;
	if contract.provider != service.contracts.provider() {
		return Err(Failure::new(
			StatusCode::CONFLICT,
			format!("contract {id} names another provider"),
			"upload to the provider that the contract names",
		));
	}
	if contract.state == ContractState::Ended {
		return Err(Failure::new(
			StatusCode::CONFLICT,
			format!("contract {id} has ended"),
			"propose a new one",
		));
	}
	Ok(contract)
}

/// Refuses by the announced length, before anything is received.
fn check_length(headers: &HeaderMap, size: u64) -> Result<(), Failure> {
	let announced = headers
		.get(header::CONTENT_LENGTH)
		.and_then(|value| value.to_str().ok())
		.and_then(|text| text.parse::<u64>().ok());
	match announced {
		Some(received) if received != size => {
			Err(Refusal::Length { received, expected: size }.into())
		}
		_ => Ok(()),
	}
}

fn check_room(service: &Service, size: u64) -> Result<(), Failure> {
	let used = service.store.used()?;
	if used.saturating_add(size) > service.capacity {
		return Err(Failure::new(
			StatusCode::INSUFFICIENT_STORAGE,
			"this provider is full",
			"choose another provider",
		));
	}
	Ok(())
}

async fn receive(service: &Service, contract: &ContractView, body: Body) -> Result<(), Failure> {
	let size = BlobSize::new(contract.size).map_err(|error| {
		Failure::new(StatusCode::CONFLICT, error.to_string(), "propose another size")
	})?;
	let mut incoming = service.store.receive(contract.root, size).await?;
	let mut parts = body.into_data_stream();
	while let Some(part) = parts.next().await {
		let Ok(part) = part else {
			incoming.discard().await;
			return Err(Failure::new(
				StatusCode::BAD_REQUEST,
				"the upload broke off",
				"upload again",
			));
		};
		if let Err(refusal) = incoming.write(part).await {
			incoming.discard().await;
			return Err(refusal.into());
		}
	}
	Ok(incoming.finish().await?)
}
