"""The same documents in every format that can be read: do they give the same passages?"""
