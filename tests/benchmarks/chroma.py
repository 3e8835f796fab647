"""A Chroma server on loopback, and what our benchmark asks of it over its REST interface."""
import http.client
import json
import socket
import subprocess
import tempfile
import time

import peers


class Chroma:
    """Starts a server over an empty folder; use it in a `with`."""

    def __enter__(self):
        folder = peers.environment_folder().parent / "peer-chroma"
        peers.make(folder, peers.CHROMA)
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.data = tempfile.TemporaryDirectory(prefix="chroma-", ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [folder / "bin/chroma", "run", "--path", self.data.name, "--host", "127.0.0.1",
             "--port", str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                self.call("GET", "/api/v2/heartbeat")
                return self
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.__exit__()
                    raise
                time.sleep(0.2)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.data.cleanup()

    def call(self, method, path, body=None):
        self.connection.request(method, path, None if body is None else json.dumps(body),
                                {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text) if text else None

    def fill(self, chunks, vectors):
        """`chunks`: objects with key, text and version; `vectors`: a row for each."""
        base = "/api/v2/tenants/default_tenant/databases/default_database/collections"
        made = self.call("POST", base, {"name": "chunks", "get_or_create": True,
                                        "configuration": {"hnsw": {"space": "cosine"}}})
        self.path = f"{base}/{made['id']}"
        for first in range(0, len(chunks), 500):
            some = chunks[first:first + 500]
            self.call("POST", self.path + "/upsert", {
                "ids": [chunk["key"] for chunk in some],
                "documents": [chunk["text"] for chunk in some],
                "metadatas": [{"version": version_number(chunk["version"])} for chunk in some],
                "embeddings": [row.tolist() for row in vectors[first:first + 500]]})

    def nearest(self, vector, after, until, k):
        """The texts of the k nearest chunks of releases after `after`, up to `until`."""
        found = self.call("POST", self.path + "/query", {
            "query_embeddings": [vector.tolist()], "n_results": k,
            "include": ["documents", "distances"],
            "where": {"$and": [{"version": {"$gt": version_number(after)}},
                               {"version": {"$lte": version_number(until)}}]}})
        return found["documents"][0]


def version_number(text):
    major, minor, patch = (int(part) for part in text.split("."))
    return major * 10000 + minor * 100 + patch
