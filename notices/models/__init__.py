"""Models of notices: what is to be mailed or pushed, browsers that get pushes, and secret addresses of feeds."""

from notices.models.deliveries import NoticeDelivery
from notices.models.feed_links import FeedLink
from notices.models.push_subscriptions import PushSubscription

__all__ = ["FeedLink", "NoticeDelivery", "PushSubscription"]
