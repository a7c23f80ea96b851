/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * libdnsmon for C++11: handles that free themselves, errors as exceptions. To be copied.
 *
 * A Feed must not outlive its Monitor. Threads: as in dnsmon.h, a Feed and an Event belong to one
 * thread at a time, a Monitor to all.
 */
#ifndef DNSMON_HPP
#define DNSMON_HPP

#include <cstdint>
#include <dnsmon/dnsmon.h>
#include <memory>
#include <stdexcept>
#include <string>

namespace dnsmon
{

struct Free {
    void operator()(dnsmon_config_t *p) const { dnsmon_config_free(p); }
    void operator()(dnsmon_monitor_t *p) const { dnsmon_monitor_free(p); }
    void operator()(dnsmon_feed_t *p) const { dnsmon_feed_free(p); }
    void operator()(dnsmon_event_t *p) const { dnsmon_event_free(p); }
};

inline int check(int result, const std::string &why = "")
{
    if (result < 0) {
        throw std::runtime_error(why.empty() ? dnsmon_strerror(result) : why);
    }
    return result;
}

class Config
{
  public:
    explicit Config(const char *path = nullptr)
    {
        char why[DNSMON_ERRLEN] = "";
        dnsmon_config_t *p = nullptr;
        int result = dnsmon_config_load(path, &p, why, sizeof why);
        check(result, why);
        handle.reset(p);
    }
    std::unique_ptr<dnsmon_config_t, Free> handle;
};

class Event
{
  public:
    explicit Event(dnsmon_event_t *p) : handle(p) {}
    explicit operator bool() const { return handle != nullptr; }
    dnsmon_level level() const { return dnsmon_level(dnsmon_event_level(handle.get())); }
    std::string rule() const { return dnsmon_event_rule(handle.get()); }
    std::string json() const { return text(dnsmon_event_json(handle.get())); }
    std::string text() const { return text(dnsmon_event_text(handle.get())); }

  private:
    static std::string text(const char *p) { return p ? p : throw std::bad_alloc(); }
    std::unique_ptr<dnsmon_event_t, Free> handle;
};

class Monitor
{
  public:
    Monitor(const Config &cfg, dnsmon_flags flags)
    {
        dnsmon_monitor_t *p = nullptr;
        check(dnsmon_monitor_new(cfg.handle.get(), flags, &p));
        handle.reset(p);
    }
    Event next() { return Event(dnsmon_monitor_next_event(handle.get())); }
    void finish() { dnsmon_monitor_finish(handle.get(), 1); }
    std::unique_ptr<dnsmon_monitor_t, Free> handle;
};

class Feed
{
  public:
    explicit Feed(Monitor &mon)
    {
        dnsmon_feed_t *p = nullptr;
        check(dnsmon_feed_new(mon.handle.get(), &p));
        handle.reset(p);
    }
    bool line(const std::string &s)
    {
        return dnsmon_feed_line(handle.get(), s.data(), s.size()) == 1;
    }
    void flush(std::int64_t wall_us = 0) { dnsmon_feed_flush(handle.get(), wall_us); }

  private:
    std::unique_ptr<dnsmon_feed_t, Free> handle;
};

} // namespace dnsmon

#endif
