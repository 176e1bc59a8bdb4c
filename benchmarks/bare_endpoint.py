"""The reference for submissions: FastAPI that validates the same body and does nothing else."""

from fastapi import FastAPI

from services.registration.bodies import SubmissionBody

app = FastAPI()


@app.post("/v1/editions/{edition}/innovations", status_code=201)
async def submit(edition: str, body: SubmissionBody) -> dict[str, str]:
    return {"name": body.record.name}
