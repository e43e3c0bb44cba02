"""Who acts, which records exist for them, which items they may read and write.

The laws live below the views, in the database session, so that every door obeys them.
"""
