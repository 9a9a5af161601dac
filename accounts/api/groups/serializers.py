"""Serializers of groups and their people."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import GroupMember
from core.api.unknown_fields import KnownFieldsSerializer
from core.text.text_fields import LineField


class GroupInputSerializer(KnownFieldsSerializer):
    name = LineField(max_length=80)


class GroupRoleInputSerializer(KnownFieldsSerializer):
    role = serializers.ChoiceField(GroupMember.Role.choices)


class GroupMemberInputSerializer(KnownFieldsSerializer):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(GroupMember.Role.choices, default=GroupMember.Role.MEMBER)


class GroupPersonSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)


class GroupMemberSerializer(serializers.Serializer):
    user = GroupPersonSerializer()
    role = serializers.ChoiceField(GroupMember.Role.choices)
    created_at = serializers.DateTimeField()


class GroupSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    members = GroupMemberSerializer(many=True)
