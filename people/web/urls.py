"""Pages of people. No trailing slashes."""

from django.urls import path

from people.web import views

urlpatterns = [
    path("people", views.people, name="people"),
    path("people/<uuid:person_id>", views.one_person, name="person"),
    path("people/<uuid:person_id>/remove", views.person_remove, name="person-remove"),
    path("people/<uuid:person_id>/restore", views.person_restore, name="person-restore"),
]
