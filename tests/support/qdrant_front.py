#!/usr/bin/env python3
"""Qdrant's REST interface on loopback, in front of qdrant-client's local mode.

usage: qdrant_front.py --key KEY     prints the port, then serves until it is killed

The contract is not written down here a second time: routes, their parameters and the types of body
and answer are read out of the client that Qdrant generates from its own description. A request that
does not fit (an unknown route, parameter or field, a wrong type) is answered with 400 and told on
stderr; an answer that would not fit is a fault of this file, and 500. It runs in an environment that
has qdrant-client.
"""
import argparse
import http.server
import inspect
import json
import re
import sys
import threading
import typing
import urllib.parse

import pydantic
from qdrant_client import QdrantClient
from qdrant_client.http import models
from qdrant_client.http.api import collections_api, indexes_api, points_api, search_api


class Route(typing.NamedTuple):
    name: str
    method: str
    pattern: re.Pattern
    parameters: set
    body: typing.Any  # a type, None where there is no body
    answer: typing.Any


def routes_of(api):
    for name, function in inspect.getmembers(api, inspect.isfunction):
        if not name.startswith("_build_for_"):
            continue
        source = inspect.getsource(function)
        url = re.search(r'url="([^"]+)"', source).group(1)
        parameters = set(re.findall(r'query_params\["(\w+)"\]', source))
        body = re.search(r"jsonable_encoder\((\w+)\)", source)
        yield Route(name.removeprefix("_build_for_"), re.search(r'method="(\w+)"', source).group(1),
                    re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", url) + "$"), parameters,
                    body and inspect.signature(function).parameters[body.group(1)].annotation,
                    getattr(models, re.search(r"type_=m\.(\w+)", source).group(1)))


ROUTES = [route for api in (collections_api._CollectionsApi, points_api._PointsApi,
                            search_api._SearchApi, indexes_api._IndexesApi)
          for route in routes_of(api)]


class Refusal(Exception):
    def __init__(self, status, words):
        super().__init__(words)
        self.status = status


class Engine:
    """What the routes that are used do, by the local mode."""

    def __init__(self):
        self.client = QdrantClient(":memory:")
        self.lock = threading.Lock()

    def run(self, route, collection, body):
        action = getattr(self, route.name, None)
        if action is None:
            raise Refusal(501, f"the front does not have {route.name}")
        with self.lock:
            if route.name not in ("create_collection", "delete_collection") \
                    and not self.client.collection_exists(collection):
                raise Refusal(404, f"Not found: Collection `{collection}` doesn't exist!")
            return action(collection, body)

    def get_collection(self, collection, _):
        return self.client.get_collection(collection)

    def create_collection(self, collection, body):
        if self.client.collection_exists(collection):
            raise Refusal(409, f"Wrong input: Collection `{collection}` already exists!")
        return self.client.create_collection(collection, vectors_config=body.vectors)

    def delete_collection(self, collection, _):
        return self.client.delete_collection(collection)

    def create_field_index(self, collection, _):
        return self.updated(collection)  # the local mode reads every point anyway

    def upsert_points(self, collection, body):
        size = self.client.get_collection(collection).config.params.vectors.size
        for point in body.points:
            if len(point.vector) != size:
                raise Refusal(400, "Wrong input: Vector dimension error: "
                                   f"expected dim: {size}, got {len(point.vector)}")
        self.client.upsert(collection, body.points)
        return self.updated(collection)

    def get_points(self, collection, body):
        return self.client.retrieve(collection, body.ids, with_payload=body.with_payload,
                                    with_vectors=body.with_vector)

    def delete_points(self, collection, body):
        self.client.delete(collection, body)
        return self.updated(collection)

    def count_points(self, collection, body):
        return self.client.count(collection, body.filter, exact=body.exact)

    def scroll_points(self, collection, body):
        points, following = self.client.scroll(
            collection, body.filter, body.limit or 10, offset=body.offset,
            with_payload=body.with_payload, with_vectors=body.with_vector)
        return models.ScrollResult(points=points, next_page_offset=following)

    def query_points(self, collection, body):
        return self.client.query_points(
            collection, body.query, query_filter=body.filter, limit=body.limit or 10,
            with_payload=body.with_payload, with_vectors=body.with_vector)

    @staticmethod
    def updated(_):
        return models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine = None
    key = ""

    def log_message(self, format, *arguments):  # noqa: A002
        pass

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        try:
            status, body = 200, self.result_of(content)
        except Refusal as refusal:
            status, body = refusal.status, {"status": {"error": str(refusal)}, "time": 0.0}
        except (pydantic.ValidationError, ValueError) as error:
            status, body = 400, {"status": {"error": f"Format error: {error}"}, "time": 0.0}
        except Exception as error:  # noqa: BLE001
            status, body = 500, {"status": {"error": repr(error)}, "time": 0.0}
        if status in (400, 405, 500, 501):
            print(f"{self.command} {self.path}: {status} {body['status']['error']}", file=sys.stderr)
        encoded = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = answer

    def result_of(self, content):
        if self.headers.get("api-key") != self.key:
            raise Refusal(401, "Must provide an API key or an Authorization bearer token")
        url = urllib.parse.urlsplit(self.path)
        found = [(route, match) for route in ROUTES
                 if route.method == self.command and (match := route.pattern.match(url.path))]
        if len(found) != 1:
            raise Refusal(405, "no such route")
        route, match = found[0]
        given = urllib.parse.parse_qs(url.query, strict_parsing=True) if url.query else {}
        if unknown := set(given) - route.parameters:
            raise Refusal(400, f"unknown parameters {unknown}")
        body = None
        if route.body is not None:
            if self.headers.get("Content-Type") != "application/json":
                raise Refusal(400, "Content type error")
            body = pydantic.TypeAdapter(route.body).validate_json(content)
        elif content:
            raise Refusal(400, "a body where there is none")
        result = self.engine.run(route, match["collection_name"], body)
        plain = pydantic.TypeAdapter(type(result)).dump_python(result, mode="json") \
            if not isinstance(result, list) else [one.model_dump(mode="json") for one in result]
        reply = {"time": 0.0, "status": "ok", "result": plain}
        route.answer.model_validate(reply)
        return reply


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a killed client is no news
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--key", required=True)
    Handler.key = parser.parse_args().key
    Handler.engine = Engine()
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
