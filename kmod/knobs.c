// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters in /sys/module/pagefare_copy/parameters.
 *
 * Each setter makes a changed copy of the settings and hands it to
 * settings_apply(), which takes what the change needs before it stores
 * anything: a write either acts or changes nothing.
 *
 * Parameter files exist before the module's init runs and until after its
 * exit; what is written then is kept for init or refused.
 */
#include <linux/kstrtox.h>
#include <linux/moduleparam.h>
#include <linux/module.h>
#include <linux/string.h>

#include "pagefare_copy.h"

enum knobs_phase {
	KNOBS_LOADING,
	KNOBS_LIVE,
	KNOBS_LEAVING,
};

static enum knobs_phase phase = KNOBS_LOADING;

struct copy_settings copy_settings = {
	.engine = COPY_SERIAL,
	.placement = PLACE_FILL,
	.threads = 4,
	.nr_dma_chan = 1,
	.dma_timeout_ms = 2000,
	.min_bytes = SZ_256K,
	.reason_mask = REASON_ALL,
};

static const char *const engine_names[] = { "serial", "threads", "dma" };
static const char *const placement_names[] = { "fill", "spread", "node" };

static void settings_store(const struct copy_settings *want)
{
	WRITE_ONCE(copy_settings.nontemporal, want->nontemporal);
	WRITE_ONCE(copy_settings.engine, want->engine);
	WRITE_ONCE(copy_settings.placement, want->placement);
	WRITE_ONCE(copy_settings.threads, want->threads);
	WRITE_ONCE(copy_settings.nr_dma_chan, want->nr_dma_chan);
	WRITE_ONCE(copy_settings.dma_timeout_ms, want->dma_timeout_ms);
	WRITE_ONCE(copy_settings.min_bytes, want->min_bytes);
	WRITE_ONCE(copy_settings.reason_mask, want->reason_mask);
	WRITE_ONCE(copy_settings.offloading, want->offloading);
}

static unsigned int channels_needed(const struct copy_settings *settings)
{
	return settings->offloading && settings->engine == COPY_DMA ? settings->nr_dma_chan : 0;
}

static bool reasons_needed(const struct copy_settings *settings)
{
	return settings->offloading && settings->reason_mask != REASON_ALL;
}

/* Give back what @settings does not use; what it uses is kept */
static void settings_release(const struct copy_settings *settings)
{
	if (!channels_needed(settings))
		dma_channels_resize(0);
	if (!reasons_needed(settings))
		reason_untrack();
}

/* Take what @want uses beyond what is there; on failure the caller undoes */
static int settings_acquire(const struct copy_settings *want)
{
	bool stale = !copy_settings.offloading || want->placement != copy_settings.placement;
	int ret = 0;

	if (want->offloading && stale)
		ret = placement_rebuild();
	if (!ret && reasons_needed(want))
		ret = reason_track();
	if (!ret && channels_needed(want))
		ret = dma_channels_resize(want->nr_dma_chan);
	return ret;
}

static int settings_apply(const struct copy_settings *want)
{
	struct copy_settings old = copy_settings;
	int ret;

	if (phase == KNOBS_LEAVING)
		return -ENODEV;
	if (phase == KNOBS_LOADING) {
		settings_store(want);
		return 0;
	}

	ret = settings_acquire(want);
	if (!ret) {
		settings_store(want);
		ret = hook_set(want->offloading);
	}
	if (ret) {
		settings_store(&old);
		if (channels_needed(&old))
			dma_channels_resize(old.nr_dma_chan);
	}
	settings_release(ret ? &old : want);
	return ret;
}

/**
 * knobs_start - act on what was given at load; from here on writes act
 *
 * Return: 0, or why the given settings cannot act.
 */
int knobs_start(void)
{
	struct copy_settings want;
	int ret;

	kernel_param_lock(THIS_MODULE);
	want = copy_settings;
	copy_settings.offloading = false;
	phase = KNOBS_LIVE;
	ret = settings_apply(&want);
	if (ret)
		phase = KNOBS_LEAVING;
	kernel_param_unlock(THIS_MODULE);
	return ret;
}

/* Take the hook away and refuse all further writes */
void knobs_stop(void)
{
	struct copy_settings off;

	kernel_param_lock(THIS_MODULE);
	off = copy_settings;
	off.offloading = false;
	/* fails only when ftrace has shut itself down: nothing can be done then */
	WARN_ON(settings_apply(&off));
	phase = KNOBS_LEAVING;
	kernel_param_unlock(THIS_MODULE);
}

/* Words only: kstrtobool() looks at one character and takes "12" for true. */
static int parse_bool(const char *text, bool *value)
{
	static const char *const yes[] = { "1", "y", "Y", "on" };
	static const char *const no[] = { "0", "n", "N", "off" };

	*value = sysfs_match_string(yes, text) >= 0;
	return *value || sysfs_match_string(no, text) >= 0 ? 0 : -EINVAL;
}

/* -ERANGE of the parser is EINVAL to whoever writes */
static int parse_range(const char *text, unsigned int least, unsigned int most, unsigned int *value)
{
	unsigned int parsed;

	if (kstrtouint(text, 0, &parsed) || parsed < least || parsed > most)
		return -EINVAL;
	*value = parsed;
	return 0;
}

static int offloading_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;
	int ret = parse_bool(text, &want.offloading);

	return ret ?: settings_apply(&want);
}

static int offloading_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%d\n", copy_settings.offloading);
}

static int nontemporal_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;
	int ret = parse_bool(text, &want.nontemporal);

	return ret ?: settings_apply(&want);
}

static int nontemporal_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%d\n", copy_settings.nontemporal);
}

static int engine_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;
	int index = sysfs_match_string(engine_names, text);

	if (index < 0)
		return -EINVAL;
	want.engine = index;
	return settings_apply(&want);
}

static int engine_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%s\n", engine_names[copy_settings.engine]);
}

static int placement_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;
	int index = sysfs_match_string(placement_names, text);

	if (index < 0)
		return -EINVAL;
	want.placement = index;
	return settings_apply(&want);
}

static int placement_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%s\n", placement_names[copy_settings.placement]);
}

static int threads_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;
	int ret = parse_range(text, 1, COPY_MAX_THREADS, &want.threads);

	return ret ?: settings_apply(&want);
}

static int threads_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%u\n", copy_settings.threads);
}

static int nr_dma_chan_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;
	int ret = parse_range(text, 1, COPY_MAX_CHANNELS, &want.nr_dma_chan);

	return ret ?: settings_apply(&want);
}

static int nr_dma_chan_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%u\n", copy_settings.nr_dma_chan);
}

static int dma_timeout_ms_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;
	int ret = parse_range(text, 1, 60000, &want.dma_timeout_ms);

	return ret ?: settings_apply(&want);
}

static int dma_timeout_ms_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%u\n", copy_settings.dma_timeout_ms);
}

static int min_bytes_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;

	if (kstrtoul(text, 0, &want.min_bytes))
		return -EINVAL;
	return settings_apply(&want);
}

static int min_bytes_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%lu\n", copy_settings.min_bytes);
}

static int reason_mask_set(const char *text, const struct kernel_param *kp)
{
	struct copy_settings want = copy_settings;
	int ret = reason_parse(text, &want.reason_mask);

	return ret ?: settings_apply(&want);
}

static int reason_mask_get(char *page, const struct kernel_param *kp)
{
	return reason_print(copy_settings.reason_mask, page);
}

static int limits_set(const char *text, const struct kernel_param *kp)
{
	return phase == KNOBS_LEAVING ? -ENODEV : limits_edit(text);
}

static int limits_get(char *page, const struct kernel_param *kp)
{
	return limits_print(page);
}

/* Any write resets them, as with the newest offload series */
static int counter_set(const char *text, const struct kernel_param *kp)
{
	atomic_long_set(kp->arg, 0);
	return 0;
}

static int counter_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%ld\n", atomic_long_read(kp->arg));
}

static const struct kernel_param_ops counter_ops = { .set = counter_set, .get = counter_get };

#define KNOB(name, text)                                    \
	static const struct kernel_param_ops name##_ops = { \
		.set = name##_set,                          \
		.get = name##_get,                          \
	};                                                  \
	module_param_cb(name, &name##_ops, NULL, 0644);     \
	MODULE_PARM_DESC(name, text)

#define COUNTER(name, field, text)                                       \
	module_param_cb(name, &counter_ops, &copy_counters.field, 0644); \
	MODULE_PARM_DESC(name, text)

KNOB(offloading, "redirect folio copies of page migration to this module (0 or 1, default 0)");
KNOB(engine, "who copies: serial (the kernel), threads, dma (default serial)");
KNOB(threads, "copiers per folio, the caller included (1 to 64, default 4)");
KNOB(nr_dma_chan, "most DMA channels per folio (1 to 16, default 1)");
KNOB(dma_timeout_ms, "time for a DMA engine to finish a folio (1 to 60000, default 2000)");
KNOB(min_bytes, "smaller folios are left to the kernel (default 262144)");
KNOB(reason_mask, "migrate reasons to act on: names, all, none or a number (default all)");
KNOB(placement, "where helpers run: fill, spread, node (default fill)");
KNOB(nontemporal, "copies by CPU bypass the cache where the architecture can (default 0)");
KNOB(limits, "write lines \"CGROUPID COPIERS\", \"CGROUPID -\", \"clear\"");
COUNTER(folios_migrated, migrated, "folios copied by an engine");
COUNTER(folios_failures, failures, "folios that an engine did not manage to copy");
COUNTER(folios_alone, alone, "folios left to the caller by a 1 in threads or limits");
COUNTER(folios_in_atomic, in_atomic, "folios left to a caller that may not sleep");
COUNTER(bytes_by_threads, threads, "bytes of folios copied by threads");
COUNTER(bytes_by_dma, dma, "bytes of folios copied by DMA");
COUNTER(dma_timeouts, timeouts, "folios that took a DMA engine too long");

static const struct kernel_param_ops quarantined_ops = { .get = counter_get };
module_param_cb(folios_quarantined, &quarantined_ops, &copy_counters.quarantined, 0444);
MODULE_PARM_DESC(folios_quarantined, "folios kept because a DMA engine may still write to them");
