"""Addresses of the import pages."""

from __future__ import annotations

from django.urls import path

from imports.views import check, history, left_out, mapping, moves, record, run, undo, upload

app_name = "imports"
urlpatterns = [
    path("", history.index, name="index"),
    path("new", upload.new, name="upload"),
    path("<int:run_id>/", run.show, name="run"),
    path("<int:run_id>/target", upload.target, name="target"),
    path("<int:run_id>/map", mapping.map_columns, name="map"),
    path("<int:run_id>/check", check.show, name="check"),
    path("<int:run_id>/problem-rows.csv", check.problem_rows, name="problem_rows"),
    path("<int:run_id>/values-left-out.csv", left_out.values, name="values_left_out"),
    path("<int:run_id>/record", record.show, name="record"),
    path("<int:run_id>/manifest.json", record.download, name="manifest"),
    path("<int:run_id>/again", moves.again, name="again"),
    path("<int:run_id>/start", moves.start, name="start"),
    path("<int:run_id>/cancel", moves.cancel, name="cancel"),
    path("<int:run_id>/resume", moves.resume, name="resume"),
    path("<int:run_id>/pause", moves.pause, name="pause"),
    path("<int:run_id>/retry", moves.retry, name="retry"),
    path("<int:run_id>/decide", moves.decide, name="decide"),
    path("<int:run_id>/evidence", moves.look_for_evidence, name="evidence"),
    path("<int:run_id>/name-rows", moves.name_rows, name="name_rows"),
    path("<int:run_id>/undo", undo.show, name="undo"),
    path("<int:run_id>/undo/look", undo.look, name="undo_look"),
    path("<int:run_id>/undo/confirm", undo.confirm, name="undo_confirm"),
    path("<int:run_id>/undo/stop", undo.stop, name="undo_stop"),
    path("<int:run_id>/discard", moves.discard, name="discard"),
]
