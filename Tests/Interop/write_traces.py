#!/usr/bin/env python3
"""Write a few traces with whatever MLflow runs this, and print what it reads back, one JSON object a line.

    write_traces.py TRACKING_URI ARTIFACT_ROOT

Runs in the environments of old releases, so it only uses what MLflow 2.14 has already.
"""

import json
import logging
import sys

import mlflow

logging.getLogger("mlflow").setLevel(logging.ERROR)


def write(artifact_root):
    """Three traces: nested spans with odd values, one that fails, one of a session."""
    experiment = mlflow.create_experiment("old-release", artifact_location=artifact_root)
    mlflow.set_experiment(experiment_id=experiment)

    @mlflow.trace(span_type="TOOL", attributes={"top_k": 5, "text": "é \"quoted\" 日本"})
    def search(query):
        return [{"page_content": "a document", "metadata": {"doc_uri": "kb/a.md"}}]

    @mlflow.trace(span_type="AGENT")
    def agent(question, numbers):
        return {"answer": "found " + search(question)[0]["page_content"], "sum": sum(numbers)}

    @mlflow.trace
    def broken(question):
        search(question)
        raise ValueError("no such thing: " + question)

    agent("where is it?", [1, 2.5, 3])
    try:
        broken("x" * 300)
    except ValueError:
        pass
    agent("again", [])
    return mlflow.MlflowClient().search_traces(experiment_ids=[experiment])


def main():
    uri, artifact_root = sys.argv[1:]
    mlflow.set_tracking_uri(uri)
    traces = write(artifact_root)
    client = mlflow.MlflowClient()
    for trace in traces:
        client.set_trace_tag(trace.info.request_id, "team", "größe")
    for trace in traces:
        print("TRACE " + client.get_trace(trace.info.request_id).to_json())


if __name__ == "__main__":
    main()
